//! Questions before what cannot be taken back.

use std::{
    fs::File,
    io::{Read, Write},
    process::{Child, Command, Stdio},
};

use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};

use crate::harness::{Dev, Ran};

const ASKING: [&str; 3] = ["suspend", "end-sessions", "delete"];

/// With a terminal for its standard input. Returns the other end of it.
fn at_a_terminal(command: &mut Command) -> (Child, File) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let stdin = File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let child = command.stdin(Stdio::from(stdin)).spawn().unwrap();
    (child, File::from(terminal))
}

/// Reads the question, which has no end of line.
fn question(child: &mut Child) -> String {
    let stderr = child.stderr.as_mut().unwrap();
    let mut text = String::new();
    let mut byte = [0];
    while !text.ends_with("[y/N] ") {
        assert_eq!(stderr.read(&mut byte).unwrap(), 1, "{text}");
        text.push(char::from(byte[0]));
    }
    text
}

#[test]
fn without_a_terminal_nothing_is_done_unless_yes_is_said() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    for command in ASKING {
        dev.run(&[command, &user.email])
            .refused("there is no terminal to answer at: add --yes");
        // An answer that is piped in is none.
        let mut piped = dev.command(&[command, &user.email]);
        let mut child = piped.stdin(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(b"yes\n");
        Ran::from(child.wait_with_output().unwrap()).refused("add --yes");
    }
    assert_eq!(dev.me(&user.token), 200);
}

#[test]
fn a_person_says_which_account_is_meant_and_may_decline() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    for command in ASKING {
        for answer in ["n\n", "\n", "nay\n"] {
            let (mut child, mut terminal) =
                at_a_terminal(&mut dev.command(&[command, &user.email]));
            let asked = question(&mut child);
            assert!(
                asked.contains(&user.email) && asked.contains(&user.id),
                "{asked}"
            );
            assert!(asked.contains("(username user_"), "{asked}");
            terminal.write_all(answer.as_bytes()).unwrap();
            let ran = Ran::from(child.wait_with_output().unwrap());
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
            assert_eq!(ran.stderr, "Nothing was changed.\n");
        }
    }
    assert_eq!(dev.me(&user.token), 200);
    let (mut child, mut terminal) = at_a_terminal(&mut dev.command(&["suspend", &user.email]));
    question(&mut child);
    terminal.write_all(b"Yes\n").unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert!(ran.ok().contains("is suspended"));
    assert_ne!(dev.me(&user.token), 200);
}

#[test]
fn ctrl_c_at_a_question_changes_nothing() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let (mut child, _terminal) = at_a_terminal(&mut dev.command(&["delete", &user.email]));
    question(&mut child);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    // Its line begins below the question and the terminal's own `^C`.
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(130), "\nNothing was changed.\n")
    );
    assert_eq!(dev.me(&user.token), 200);
}

#[test]
fn ctrl_d_at_a_question_is_a_no() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let (mut child, mut terminal) = at_a_terminal(&mut dev.command(&["suspend", &user.email]));
    question(&mut child);
    terminal.write_all(b"\x04").unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(1), "\nNothing was changed.\n")
    );
    assert_eq!(dev.me(&user.token), 200);
}
