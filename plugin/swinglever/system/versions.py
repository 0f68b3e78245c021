"""Which versions of other packages are installed."""

from importlib.metadata import PackageNotFoundError, version


def version_of(distribution: str, absent: str = "absent") -> str:
    """Give the version of a package that is installed, or say that it is absent."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return absent
