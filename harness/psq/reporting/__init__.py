"""The output of a run, for people and programs: cards, tables, pages, JUnit, pictures of histories."""
