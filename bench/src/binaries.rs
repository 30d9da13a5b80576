//! What `bench/build` builds.

use std::{env::consts::ARCH, path::PathBuf};

use local::template::workspace_root;

pub fn path(name: &str) -> PathBuf {
    let folder = format!("target/{ARCH}-unknown-linux-gnu/release");
    let path = workspace_root().join(folder).join(name);
    assert!(path.exists(), "{name} is missing: run bench/build first");
    path
}
