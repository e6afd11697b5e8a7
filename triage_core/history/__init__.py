"""A hospital's own past visits: read as they are, understood as declared, brought into our one flat table."""
