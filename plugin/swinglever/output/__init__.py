"""What leaves: result files, tables, playback, exports."""
