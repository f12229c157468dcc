# Makes the comments of the public headers into Doxygen's. The headers need no marks of it: each comment before a
# declaration, and each at the top of a file, is a contract.

# The comment at the top describes the file; that of psq.h describes the namespace.
1s|^// psq: |/// @file\n/// The whole library but psq/codec_cereal.h.\n\n/// @namespace psq\n/// |
1s|^// |/// @file\n/// |

# Code, which stands two columns to the right.
s|^( *)//   |\1///      |

# The list of clauses has a heading.
s|^( *)// (.+ )?Clauses: ?(.*)|\1/// \2\n\1/// @par Clauses\n\1/// \3|

s|^( *)//( .*)?$|\1///\2|
/^ *\/\/\//!s|([;,]) +// |\1  ///< |

# The library's own codecs.
/^template <detail::/,/^};/d
/^template <typename T>$/{
  N
  /\nrequires\($/{
    :more
    N
    /\n};$/!b more
    d
  }
}

# What only the library derives from.
s|^ protected:| private:|
