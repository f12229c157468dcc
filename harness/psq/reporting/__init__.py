"""What a person or another program reads of a run: cards, tables, pages, JUnit, pictures of histories."""
