// Imported first: what is measured is what runs in production.
process.env["NODE_ENV"] = "production"
