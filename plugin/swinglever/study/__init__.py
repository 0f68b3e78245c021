"""Many trials on Dask: resumable, each in a process of its own, with one tidy table at the end."""
