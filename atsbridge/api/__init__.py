"""What machines see: one module per dialect, no rules of its own."""
