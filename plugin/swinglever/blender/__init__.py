"""Scenes and pictures, made by Blender in a child process."""
