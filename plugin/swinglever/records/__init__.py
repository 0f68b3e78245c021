"""The nouns: frozen records of arrays, with numpy alone."""
