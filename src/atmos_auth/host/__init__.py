"""The machine we run on: folders, files, locks, time, processes, the terminal and the browser."""
