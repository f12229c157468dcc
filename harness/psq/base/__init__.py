"""What every package of psq stands on: exit statuses, the paths of a build tree, values of options."""
