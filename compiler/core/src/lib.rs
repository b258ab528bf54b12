//! The compiler: from manifests to a bundle, without IO.
