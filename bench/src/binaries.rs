//! Functions and floors in release builds.

use std::{
    env::{consts::ARCH, var_os, vars_os},
    path::PathBuf,
    process::Command,
};

use local::template::workspace_root;

const NAMES: &str = "login logout me password refresh signup tasks \
    bare-function operations store-function store-function-tls";

/// Builds everything with one command, as `cargo lambda build` does: crates that functions and floors share then have
/// the same features in both.
pub fn build() {
    let mut build = Command::new(var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build
        .current_dir(workspace_root())
        .args(["build", "--locked", "--release", "--target", &target()])
        .args(NAMES.split_whitespace().flat_map(|name| ["--bin", name]));
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
}

pub fn path(name: &str) -> PathBuf {
    let folder = workspace_root().join("target").join(target());
    folder.join("release").join(name)
}

fn target() -> String {
    format!("{ARCH}-unknown-linux-gnu")
}
