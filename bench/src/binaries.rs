//! Functions and floors in release builds.

use std::{
    env::{consts::ARCH, var_os, vars_os},
    path::PathBuf,
    process::Command,
};

use local::template::workspace_root;

const NAMES: &str = "login logout me password refresh signup tasks \
    bare-function operations store-function store-function-tls";

#[derive(Clone, Copy)]
pub enum Symbols {
    /// As deployed.
    Stripped,
    /// For a profiler. They have a target folder of their own, so that neither kind evicts the other.
    Kept,
}

pub struct Binaries(PathBuf);

impl Binaries {
    pub fn built_before(symbols: Symbols) -> Self {
        let folder = workspace_root().join(target_folder(symbols));
        Self(folder.join(target()).join("release"))
    }

    /// Builds everything with one command, as `cargo lambda build` does: crates that functions and floors share then
    /// have the same features in both.
    pub fn build(symbols: Symbols) -> Self {
        let strip = match symbols {
            Symbols::Stripped => "symbols",
            Symbols::Kept => "none",
        };
        let mut build = Command::new(var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build
            .current_dir(workspace_root())
            .args(["build", "--locked", "--release", "--target", &target()])
            .args(["--target-dir", target_folder(symbols)])
            .args(NAMES.split_whitespace().flat_map(|name| ["--bin", name]))
            .env("CARGO_PROFILE_RELEASE_STRIP", strip);
        // `cargo run` sets these for `bench`. Build scripts that depend on them would run again.
        for (name, _) in vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_")
                || text.starts_with("CARGO_MANIFEST_")
                || text == "LD_LIBRARY_PATH"
            {
                build.env_remove(name);
            }
        }
        if ARCH == "x86_64" {
            // `cargo lambda` names this processor too: it is the oldest one of Lambda.
            build.env("RUSTFLAGS", "-C target-cpu=haswell");
        }
        assert!(build.status().unwrap().success(), "the build failed");
        Self::built_before(symbols)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

fn target_folder(symbols: Symbols) -> &'static str {
    match symbols {
        Symbols::Stripped => "target",
        Symbols::Kept => "target/with-symbols",
    }
}

fn target() -> String {
    format!("{ARCH}-unknown-linux-gnu")
}
