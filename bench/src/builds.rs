//! Functions and floors, built in one go as `cargo lambda build` builds what is deployed.

use std::{
    env::{consts::ARCH, var_os, vars_os},
    path::PathBuf,
    process::Command,
};

use local::template::workspace_root;

const BINARIES: [&str; 15] = [
    "login",
    "logout",
    "me",
    "password",
    "refresh",
    "signup",
    "tasks",
    "bare-check",
    "bare-function",
    "bare-hash",
    "hash",
    "refusal",
    "store-function",
    "store-function-tls",
    "token-check",
];

#[derive(Debug)]
pub struct Builds(PathBuf);

/// Beside the others: with the names of functions in the binaries, everything is built anew.
const READABLE: &str = "target/readable";

impl Builds {
    /// One command, so that all have the same features of the crates that they share.
    #[must_use]
    pub fn make() -> Self {
        Self::make_in("target", "symbols")
    }

    /// The same for a profile, which wants to name functions.
    #[must_use]
    pub fn make_readable() -> Self {
        Self::make_in(READABLE, "none")
    }

    #[must_use]
    pub fn readable_made_before() -> Self {
        Self::in_folder(READABLE)
    }

    fn make_in(folder: &str, strip: &str) -> Self {
        let root = workspace_root();
        let target = target();
        let mut build = Command::new(var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.current_dir(root);
        build.args(["build", "--locked", "--release", "--target", &target]);
        build.args(["--target-dir", folder]);
        build.env("CARGO_PROFILE_RELEASE_STRIP", strip);
        // What `cargo run` says of this program: build scripts that read it would begin anew.
        for name in [
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_PATH",
            "LD_LIBRARY_PATH",
        ] {
            build.env_remove(name);
        }
        for (name, _) in vars_os() {
            if name.to_string_lossy().starts_with("CARGO_PKG_") {
                build.env_remove(name);
            }
        }
        for binary in BINARIES {
            build.args(["--bin", binary]);
        }
        if ARCH == "x86_64" {
            // Lambda's oldest processor, which `cargo lambda` names, too.
            build.env("RUSTFLAGS", "-C target-cpu=haswell");
        }
        assert!(build.status().unwrap().success(), "the build failed");
        Self::in_folder(folder)
    }

    /// Whatever is there.
    #[must_use]
    pub fn made_before() -> Self {
        Self::in_folder("target")
    }

    fn in_folder(folder: &str) -> Self {
        let folder = workspace_root().join(folder);
        Self(folder.join(target()).join("release"))
    }

    #[must_use]
    pub fn path(&self, binary: &str) -> PathBuf {
        self.0.join(binary)
    }

    #[must_use]
    pub fn bytes(&self, binary: &str) -> u64 {
        self.path(binary).metadata().unwrap().len()
    }
}

fn target() -> String {
    format!("{ARCH}-unknown-linux-gnu")
}
