//! A lab whose services run images of a registry, and runs of `hlmc` in it.

use crate::server::Server;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn is_quiet(&self) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (Some(0), "", ""));
    }

    /// It ended with this code and says this.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, says: &str) {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(self.code == Some(code) && all.contains(says), "{says:?} isn't in, or the code isn't {code}: {self:?}");
    }
}

/// A lab in a folder beside its registry's.
pub(crate) struct Lab {
    folder: PathBuf,
}

impl Lab {
    /// A lab with two nodes and a service for each image: `s0`, `s1` ….
    pub(crate) fn new(server: &Server, images: &[&str]) -> Self {
        let lab = Self { folder: server.folder.join("lab") };
        lab.write("lab.kdl", "lab \"home\" { domain \"home.example.com\"; network \"lan\" cidr=\"10.0.0.0/24\" }\n");
        lab.write(
            "nodes/nodes.kdl",
            "node \"nas\" { address \"10.0.0.2\"; arch \"amd64\"; server }\nnode \"pi\" { address \"10.0.0.3\"; arch \"arm64\" }\n",
        );
        for (at, image) in images.iter().enumerate() {
            let service = format!("service \"s{at}\" {{ image \"{}/{image}\" }}\n", server.host);
            lab.write(&format!("services/s{at}.kdl"), &service);
        }
        lab
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// Writes a script that can be run.
    pub(crate) fn program(&self, path: &str, body: &str) {
        self.write(path, &format!("#!/bin/sh\n{body}\n"));
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(&[], args)
    }

    /// `hlmc` in the lab, without a login but those that are given.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], args: &[&str]) -> Ran {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut command = Command::new(root.join("target/release/hlmc"));
        command.args(args).current_dir(&self.folder).stdin(Stdio::null()).env("NO_COLOR", "1");
        command.env("DOCKER_CONFIG", self.path("no-docker")).env_remove("DOCKER_AUTH_CONFIG");
        let output = command.envs(variables.iter().copied()).output().expect("`make accept` builds hlmc");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}
