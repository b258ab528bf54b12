//! What the name of a variable says of its value.

use crate::model::Service;
use crate::nomad::form::Attribute;

/// What a variable holds of where something is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// The name or address of a machine.
    Host,
    /// A number.
    Port,
    /// All of it, with its scheme.
    Url,
}

/// A database or cache that variables are named after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Program {
    /// Redis, and what speaks its protocol.
    Redis,
    /// PostgreSQL.
    Postgres,
    /// MariaDB and MySQL.
    Mysql,
    /// MongoDB.
    Mongo,
}

impl Program {
    /// Its name, for a sentence.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Redis => "Redis",
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MariaDB",
            Self::Mongo => "MongoDB",
        }
    }

    /// How a URL that leads to it starts.
    pub(super) const fn scheme(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Postgres => "postgresql",
            Self::Mysql => "mysql",
            Self::Mongo => "mongodb",
        }
    }

    /// What listens on a port, where programs are agreed about it.
    pub(super) const fn at(port: u16) -> Option<Self> {
        Some(match port {
            6379 => Self::Redis,
            5432 => Self::Postgres,
            3306 => Self::Mysql,
            27017 => Self::Mongo,
            _ => return None,
        })
    }
}

/// What a variable is about, and what it holds of that: `DB` and a host for `DB_HOSTNAME`.
pub(super) fn role(variable: &str) -> Option<(&str, Role)> {
    let (prefix, last) = variable.rsplit_once('_')?;
    let role = match last {
        "HOST" | "HOSTNAME" | "SERVER" => Role::Host,
        "PORT" => Role::Port,
        "URL" | "URI" => Role::Url,
        _ => return None,
    };
    // `REDIS_HOST_PORT` is the port of `REDIS_HOST`.
    let prefix = if role == Role::Port { prefix.strip_suffix("_HOST").unwrap_or(prefix) } else { prefix };
    Some((prefix.trim_end_matches('_'), role))
}

/// The variable that tells a port by its number, of those with a prefix.
pub(super) fn number<'s>(service: &'s Service, prefix: &str) -> Option<&'s Attribute> {
    let plain = service.tasks().flat_map(|task| task.body.blocks("env")).flat_map(|env| &env.body.attributes);
    let mut ports = plain.filter(|it| role(&it.name) == Some((prefix, Role::Port)));
    ports.find(|it| it.value.kind.to_text().is_some_and(|text| text.parse::<u16>().is_ok()))
}

/// The program that a variable is named after.
pub(super) fn program(variable: &str) -> Option<Program> {
    let mut found = variable.split('_').filter_map(|word| {
        Some(match word {
            "REDIS" | "VALKEY" => Program::Redis,
            "POSTGRES" | "POSTGRESQL" | "PGHOST" | "PGPORT" => Program::Postgres,
            "MYSQL" | "MARIADB" => Program::Mysql,
            "MONGO" | "MONGODB" => Program::Mongo,
            _ => return None,
        })
    });
    found.next().filter(|_| found.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_holds_of_what() {
        for (name, wanted) in [
            ("DB_HOSTNAME", Some(("DB", Role::Host))),
            ("REDIS_HOST_PORT", Some(("REDIS", Role::Port))),
            ("GITEA__database__HOST", Some(("GITEA__database", Role::Host))),
            ("IMMICH_MACHINE_LEARNING_URL", Some(("IMMICH_MACHINE_LEARNING", Role::Url))),
            ("HOST", None),
            ("DATABASE", None),
        ] {
            assert_eq!(role(name), wanted, "{name}");
        }
        assert_eq!(program("REDIS_HOST"), Some(Program::Redis));
        assert_eq!(program("DB_HOST"), None);
        assert_eq!(program("MYSQL_TO_MONGO_HOST"), None);
    }
}
