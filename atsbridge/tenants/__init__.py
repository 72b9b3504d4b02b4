"""Whose data it is: tenants, their people and roles, keys, and the audit trail."""
