"""Files and the triples in them: Turtle modules and tables, read, named, placed and written."""
