//! Output that cannot be written, and readers that have read enough.

use std::{ffi::OsStr, fs::File, io::pipe, os::unix::ffi::OsStrExt, process::Command};

use crate::harness::{Dev, Ran, operator};

/// With a standard output that is always full.
#[cfg(target_os = "linux")]
fn to_a_full_disk(command: &mut Command) -> Ran {
    let full = File::options().write(true).open("/dev/full").unwrap();
    Ran::of(command.stdout(full))
}

/// With a reader that went away before the first byte.
fn to_nobody(command: &mut Command) -> Ran {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    Ran::of(command.stdout(writer))
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    for arguments in [
        &["find", "--json"][..],
        &["find"],
        &["show"],
        &["end-sessions", "--yes"],
        &["export", "--output", "-"],
    ] {
        let mut command = dev.command(&[arguments, &[&user.email]].concat());
        to_a_full_disk(&mut command).refused("standard output cannot be written (No space left");
    }
    to_a_full_disk(&mut operator(&["completions", "bash"]))
        .refused("standard output cannot be written");
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    for ran in [
        to_nobody(&mut operator(&["completions", "bash"])),
        to_nobody(&mut dev.command(&["find", &user.email])),
        to_nobody(&mut dev.command(&["show", &user.email, "--json"])),
    ] {
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    }
    // An export that is not handed out whole has failed.
    to_nobody(&mut dev.command(&["export", &user.email, "--output", "-"]))
        .refused("standard output cannot be written");
}

/// Elsewhere, file systems refuse such names.
#[cfg(target_os = "linux")]
#[test]
fn a_file_name_that_is_no_text_is_shown_as_well_as_it_can_be() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"\xfe.json");
    let mut export = dev.command(&["export", &user.email, "--json", "--output"]);
    let said = Ran::of(export.arg(name).current_dir(folder.path())).json();
    assert_eq!(said["file"], "\u{FFFD}.json");
    assert!(folder.path().join(name).exists());
}
