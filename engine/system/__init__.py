"""The machine: devices, threads, Qt's libraries, and whether all that is needed is there."""
