//! What HashiCorp's programs accept: every block and attribute of their languages, as static tables.
//!
//! The tables are written in KDL under `stdlib/schema/` and turned into statics by `build.rs`, so nothing is read at start.

/// A language: what one kind of file may hold at its top.
#[derive(Debug)]
pub struct Language {
    /// Its name: `nomad-job`, `nomad-agent`, `consul-agent`, `nomad-volume` ….
    pub name: &'static str,
    /// What stands at the top of such a file.
    pub root: &'static BlockType,
}

/// A kind of block.
#[derive(Debug)]
pub struct BlockType {
    /// Its name in HCL.
    pub name: &'static str,
    /// What its labels are called; empty for none.
    pub labels: &'static [&'static str],
    /// How many of it one body may hold.
    pub occurs: Occurs,
    /// Its attributes, sorted by name.
    pub attributes: &'static [AttributeType],
    /// Which of the attributes must be there.
    pub required: &'static [usize],
    /// Which of the attributes can't be anything of their type.
    pub limited: &'static [usize],
    /// How the names of the attributes begin, as [`key`] has it.
    pub attribute_keys: &'static [u64],
    /// How the names of the blocks begin.
    pub block_keys: &'static [u64],
    /// Its blocks, sorted by name.
    pub blocks: &'static [&'static BlockType],
    /// The type of attributes that aren't listed (`env`, `meta`, a driver's `config`); without it they are errors.
    /// With [`Type::Any`], blocks that aren't listed are fine as well.
    pub open: Option<Type>,
    /// Whether it may also be written as an attribute that holds a map, or a list of maps where it occurs many times;
    /// in a map, names needn't be HCL identifiers.
    pub as_attribute: bool,
    /// The language that describes the body more closely, chosen by another value (`config` by the task's `driver`).
    pub body_by: Option<BodyBy>,
    /// Whether it is laid over something whole, so that nothing in it has to be there.
    pub partial: bool,
    /// One sentence about it.
    pub doc: &'static str,
    /// From and until which version it exists.
    pub life: Life,
}

/// An attribute.
#[derive(Debug)]
pub struct AttributeType {
    /// Its name in HCL.
    pub name: &'static str,
    /// What its value is.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// The texts it may be, or that each element of a list may be; empty where any is.
    pub one_of: &'static [&'static str],
    /// The least it may be: a number, nanoseconds of a time, bytes of a size, or megabytes.
    pub least: Option<i64>,
    /// The most it may be.
    pub most: Option<i64>,
    /// One sentence about it.
    pub doc: &'static str,
    /// From and until which version it exists.
    pub life: Life,
}

/// How the language of a block's body is found: its name is a prefix and a value.
///
/// Where no language has that name, the block's own attributes and `open` hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BodyBy {
    /// First part of the language's name: `driver-`.
    pub prefix: &'static str,
    /// Where the second part stands.
    pub by: By,
    /// The second part where nothing stands there.
    pub default: Option<&'static str>,
}

/// Where the value stands that chooses a language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// In this attribute of the parent block: a task's `driver`.
    Attribute(&'static str),
    /// It is the block's first label.
    Label,
    /// It is the first label of the parent block: `plugin "docker" { config { … } }`.
    ParentLabel,
}

/// How many blocks of a kind one body may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Occurs {
    /// At most one.
    Once,
    /// Any number; with labels, each label once.
    Many,
    /// Any number, also with the same labels, which say what it is about and not which it is.
    Repeats,
}

/// The versions that know a block or an attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Life {
    /// First version, where it is newer than the oldest we target.
    pub since: Option<&'static str>,
    /// Read, but to be replaced: by what.
    pub deprecated: Option<&'static str>,
    /// Accepted, and without effect: since when, and what to write in its place.
    pub ignored: Option<&'static str>,
    /// Refused: since when, and what to write in its place.
    pub removed: Option<&'static str>,
}

impl Life {
    /// Whether the name has an effect.
    #[must_use]
    pub const fn is_read(&self) -> bool {
        self.ignored.is_none() && self.removed.is_none()
    }
}

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// Text.
    Str,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// `true` or `false`.
    Bool,
    /// Text such as `30s`, or a whole number of nanoseconds.
    Duration,
    /// Text such as `30s`; a number without a unit is an error.
    Time,
    /// A whole number of megabytes (2^20 bytes, as Nomad counts memory and disk); may be written `"512MiB"`.
    Megabytes,
    /// Text such as `512MiB`, held as bytes; a number without a unit is an error.
    Size,
    /// A list of texts.
    Strings,
    /// A list of whole numbers.
    Ints,
    /// A list of lists or maps of anything.
    List,
    /// Names to texts.
    StringMap,
    /// Names to anything.
    Map,
    /// A list of maps of texts.
    MapList,
    /// Anything.
    Any,
}

impl Type {
    /// Whether it takes any number of values.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Strings | Self::Ints | Self::List | Self::MapList)
    }
}

impl BlockType {
    /// One without a name that holds nothing.
    pub const EMPTY: Self = Self {
        name: "",
        labels: &[],
        occurs: Occurs::Once,
        attributes: &[],
        required: &[],
        limited: &[],
        attribute_keys: &[],
        block_keys: &[],
        blocks: &[],
        open: None,
        as_attribute: false,
        body_by: None,
        partial: false,
        doc: "",
        life: Life { since: None, deprecated: None, ignored: None, removed: None },
    };

    /// The attribute with this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'static AttributeType> {
        at(self.attribute_keys, name, |at| self.attributes[at].name).map(|at| &self.attributes[at])
    }

    /// The attributes that must be there.
    pub fn required(&self) -> impl Iterator<Item = &'static AttributeType> + Clone + use<> {
        let all = self.attributes;
        self.required.iter().map(|at| &all[*at])
    }

    /// The attributes that can't be anything of their type.
    pub fn limited(&self) -> impl Iterator<Item = &'static AttributeType> + use<> {
        let all = self.attributes;
        self.limited.iter().map(|at| &all[*at])
    }

    /// The block with this name.
    #[must_use]
    pub fn block(&self, name: &str) -> Option<&'static BlockType> {
        at(self.block_keys, name, |at| self.blocks[at].name).map(|at| self.blocks[at])
    }

    /// All names it accepts, attributes first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.attributes.iter().map(|attribute| attribute.name).chain(self.blocks.iter().map(|block| block.name))
    }
}

/// How a name begins: its first 8 bytes as a number that sorts as they do. Names are searched by these numbers, which lie side by
/// side in memory.
#[must_use]
pub const fn key(name: &str) -> u64 {
    let name = name.as_bytes();
    if let Some(begin) = name.first_chunk() {
        return u64::from_be_bytes(*begin);
    }
    let (mut key, mut at) = (0, 0);
    while at < name.len() {
        key |= (name[at] as u64) << (56 - 8 * at);
        at += 1;
    }
    key
}

/// Where a name stands among sorted ones, which begin with these keys.
fn at(keys: &[u64], name: &str, known: impl Fn(usize) -> &'static str) -> Option<usize> {
    let key = key(name);
    let first = keys.partition_point(|it| *it < key);
    (first..keys.len()).take_while(|at| keys[*at] == key).find(|at| known(*at) == name)
}
