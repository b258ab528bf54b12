//! Hostile text in every place of the languages that takes a value: what each artifact's own parser reads back is what was
//! written, or the compiler refused it at that place. There is no third outcome.

mod core;
mod outcome;
mod places;
mod readers;
mod scripts;
mod tree;
mod trial;
mod units;
mod words;
