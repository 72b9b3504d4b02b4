"""What people see: pages over htmx, with no rules of their own."""
