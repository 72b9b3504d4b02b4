"""Machine dialects: a record's own values in another product's shape. Pure: document in, JSON text out."""
