//! Signals before an act begins, and while a reader lets the output wait.

use std::{
    net::TcpListener,
    process::{Child, Command},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    export::fill_log,
    harness::{Dev, Ran, operator},
};

/// Ends within seconds, though nobody reads its output meanwhile.
pub fn ended(mut child: Child) -> Ran {
    for _ in 0..500 {
        if child.try_wait().unwrap().is_some() {
            return Ran::from(child.wait_with_output().unwrap());
        }
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    panic!("the signal was not heard");
}

#[test]
fn before_the_act_begins_a_signal_changes_nothing() {
    // Takes connections, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    for (command, told) in [
        (&["suspend", "--yes"][..], "Nothing was changed.\n"),
        (&["unlock"], "Nothing was changed.\n"),
        (&["delete", "--yes"], "Nothing was changed.\n"),
        (&["export"], "Nothing was written.\n"),
        (&["find"], ""),
        (&["show"], ""),
    ] {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
            let place = ["--local", "--local-port", &port];
            let mut running = operator(&[&place[..], command, &["ada@example.com"]].concat());
            running.env(
                "BETTER_AUTH_SECRET",
                "the secret that the operator's tests sign with",
            );
            let child = running.spawn().unwrap();
            let _caller = silent.accept().unwrap();
            kill_process(Pid::from_child(&child), signal).unwrap();
            let ran = ended(child);
            assert_eq!(
                (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
                (Some(code), "", told),
                "{command:?}"
            );
        }
    }
}

#[test]
fn ctrl_c_is_heard_while_nobody_reads_the_output() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    fill_log(dev, &user);
    for (command, told) in [
        (
            &["export", "--output", "-"][..],
            "interrupted: the export is not written whole\n",
        ),
        (&["show", "--log", "1000", "--json"], ""),
    ] {
        let child = dev.command(&[command, &[&user.email]].concat()).spawn();
        let child = child.unwrap();
        // More than the pipe holds is ready by then.
        thread::sleep(Duration::from_secs(2));
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let ran = ended(child);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(130), told));
        assert!(!ran.stdout.is_empty());
    }
}

/// Only Linux tells a program of it.
#[cfg(target_os = "linux")]
#[test]
fn a_command_under_nohup_goes_on_after_a_hang_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let find = operator(&["--local", "--local-port", &port, "find", "ada"]);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(find.get_program())
        .args(find.get_args());
    let mut child = shell.spawn().unwrap();
    let _caller = silent.accept().unwrap();
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    thread::sleep(Duration::from_millis(500));
    assert_eq!(child.try_wait().unwrap(), None);
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(ended(child).code, Some(143));
}
