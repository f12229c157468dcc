# Makes the README a page of Doxygen's: its own headings can be linked to, and what is not a part of the API reference is
# named without a link.
s!\[([^]]+)\]\((\.\./[^)]*|[A-Z]+[.]md|examples)\)!\1!g
/^## /{
  h
  s|^## ||
  s|.*|\L&|
  s| |-|g
  s|.*| {#&}|
  H
  x
  s|\n||
}
