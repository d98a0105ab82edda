"""The interview: data and functions that choose the next fact to ask for. The commands provide the terminal."""
