//! What may stand in one block: its table, and the table that another value chooses for its body.

use super::Languages;
use crate::nomad::schema::{AttributeType, BlockType, By, Type};
use hlmc_syntax::NodeRef;

/// The tables that hold for one body.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    /// The block itself.
    pub(crate) ty: &'static BlockType,
    /// The language of its body, where another value chooses one.
    further: Option<&'static BlockType>,
    /// What names that no table lists are; nothing where they are mistakes.
    pub(crate) open: Option<Type>,
    /// It is laid over another block, or another over it, so what it lacks may be there.
    pub(crate) partial: bool,
}

impl Scope {
    /// The tables of a block without regard to what it stands in.
    pub(crate) const fn of(ty: &'static BlockType) -> Self {
        Self { ty, further: None, open: ty.open, partial: ty.partial }
    }

    /// The tables for the body of `node`, which stands in `parent`.
    pub(crate) fn find(
        node: NodeRef<'_, '_>,
        ty: &'static BlockType,
        parent: Option<NodeRef<'_, '_>>,
        languages: Languages,
    ) -> Self {
        let text = |by| match by {
            By::Attribute(name) => parent.and_then(|parent| text_of(parent, name)).map(str::to_owned),
            By::Label => first_text(node).map(str::to_owned),
            By::ParentLabel => parent.and_then(first_text).map(str::to_owned),
        };
        Self::chosen(ty, text, languages)
    }

    /// The tables for a body, where `text` gives the value that chooses a language.
    pub(crate) fn chosen(
        ty: &'static BlockType,
        text: impl FnOnce(By) -> Option<String>,
        languages: Languages,
    ) -> Self {
        let Some(by) = ty.body_by else { return Self::of(ty) };
        let text = text(by.by);
        let chooser = text.as_deref().or(by.default);
        let language = chooser.and_then(|name| languages(&format!("{}{name}", by.prefix)));
        match language.map(|language| language.root) {
            Some(root) => {
                // `runs "dnsmasq"`: its language has the daemon as a block.
                let further = chooser.and_then(|name| root.block(name)).unwrap_or(root);
                Self { further: Some(further), open: further.open, ..Self::of(ty) }
            }
            None => Self::of(ty),
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&'static AttributeType> {
        self.ty.attribute(name).or_else(|| self.further?.attribute(name))
    }

    pub(crate) fn block(&self, name: &str) -> Option<&'static BlockType> {
        self.ty.block(name).or_else(|| self.further?.block(name))
    }

    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static AttributeType> + Clone {
        self.tables().flat_map(|ty| ty.attributes)
    }

    pub(crate) fn required(&self) -> impl Iterator<Item = &'static AttributeType> {
        self.tables().flat_map(BlockType::required)
    }

    pub(crate) fn blocks(&self) -> impl Iterator<Item = &'static BlockType> + Clone {
        self.tables().flat_map(|ty| ty.blocks.iter().copied())
    }

    /// The names that may stand here and aren't gone.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        let attributes = self.attributes().filter(|it| it.life.is_read()).map(|it| it.name);
        attributes.chain(self.blocks().filter(|it| it.life.is_read()).map(|it| it.name))
    }

    /// Whether a name is that of something with a value or a body, more than a word.
    pub(crate) fn takes_value(&self, name: &str) -> bool {
        self.attribute(name).map_or_else(|| self.block(name).is_some(), |attribute| attribute.ty != Type::Bool)
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.attribute(name).is_some() || self.block(name).is_some()
    }

    fn tables(&self) -> impl Iterator<Item = &'static BlockType> + Clone + use<> {
        std::iter::once(self.ty).chain(self.further)
    }
}

/// The text that a block gives for an attribute, as property or child.
fn text_of<'d>(node: NodeRef<'d, '_>, name: &str) -> Option<&'d str> {
    let property = node.props().find(|entry| entry.key().is_some_and(|key| key.text == name));
    match property {
        Some(entry) => entry.value().as_str(),
        None => node.children().find(|child| child.name() == name).and_then(first_text),
    }
}

fn first_text<'d>(node: NodeRef<'d, '_>) -> Option<&'d str> {
    node.args().next().and_then(|entry| entry.value().as_str())
}
