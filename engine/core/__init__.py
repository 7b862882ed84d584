"""What every room may use and what uses none: records, errors, fields, rounding, files."""
