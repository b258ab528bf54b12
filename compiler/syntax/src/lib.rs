//! KDL v2: lexer, recovering parser, lossless tree, formatter.
