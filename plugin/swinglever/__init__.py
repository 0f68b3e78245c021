"""What flexed the knee? Splits the fold of the swing leg in running by cause."""

__version__ = "0.1.0.dev0"
