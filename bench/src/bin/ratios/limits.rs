//! What each ratio may be, and what it is.

use std::time::Duration;

use crate::{
    counted::Counted,
    figures::list_bytes,
    repeated::Repeated,
    scene::{
        BARE_CHECK, BARE_HASH, HASH, OF_A_CREATION, OF_A_LIST, OF_A_LOGIN, OF_A_SIGN_UP, Scene,
        Subject, TOKEN_CHECK,
    },
};

const HASHING_MEMORY_KIB: f64 = 19.0 * 1024.0;

/// The functions that hash nothing.
const LIGHT: [(&str, &str); 4] = [
    ("me", "me"),
    ("tasks", "tasks: list of 50"),
    ("logout", "logout"),
    ("refresh", "refresh"),
];

/// For compilers other than the one that was measured with.
const SLACK: f64 = 1.05;

/// Far over their limit, and no busy moment explains it.
pub type SurelyMissed = Vec<String>;

pub fn print(
    scene: &Scene,
    subjects: &[Subject],
    over_tls: &[Subject],
    repeated: &Repeated,
    counted: Option<&Counted>,
) -> SurelyMissed {
    let mut missed = SurelyMissed::new();
    println!("| figure | at most | now | |\n| --- | --- | --- | --- |");
    let of = |name: &str| {
        subjects
            .iter()
            .find(|subject| subject.name == name)
            .unwrap()
    };
    starts(&of, counted, &mut missed);
    match over_tls {
        [me, floor] => limit(
            "start and first call over TLS, wall: me ÷ F2-tls",
            1.25,
            seconds(me.measured.start_and_first_call())
                / seconds(floor.measured.start_and_first_call()),
        ),
        _ => println!("| start and first call over TLS | 1.25 | not measured: no `openssl` | |"),
    }
    calls(&of, counted, &mut missed);
    hashing(&of, repeated, counted);
    tokens(repeated, counted);
    memory(&of);
    sizes(scene, &of, &mut missed);
    if counted.is_none() {
        println!("\nInstructions were not counted: that takes valgrind.");
    }
    missed
}

/// What is allowed to those that open their connection before they are ready, as ours do.
fn starts<'a>(
    of: &impl Fn(&str) -> &'a Subject,
    counted: Option<&Counted>,
    missed: &mut SurelyMissed,
) {
    let floor = &of("F0").measured;
    for (function, name) in LIGHT {
        let measured = &of(name).measured;
        let ratio = seconds(measured.start(|it| it.cpu)) / seconds(floor.start(|it| it.cpu));
        limit(&format!("start, CPU: {function} ÷ F0"), 2.0, ratio);
    }
    for (function, name) in LIGHT {
        if let Some(counted) = counted {
            let ratio = counted.of_start(name) / counted.of_start("F0");
            let figure = format!("start, instructions: {function} ÷ F0");
            sure_limit(&figure, 4.2, ratio, missed);
        }
    }
    for (function, name) in LIGHT {
        let faults = |subject: &Subject| whole(subject.measured.start(|it| it.page_faults));
        let ratio = faults(of(name)) / faults(of("F0"));
        limit(&format!("start, page faults: {function} ÷ F0"), 2.0, ratio);
    }
}

fn calls<'a>(
    of: &impl Fn(&str) -> &'a Subject,
    counted: Option<&Counted>,
    missed: &mut SurelyMissed,
) {
    for (name, floor, cpu_limit, limit_of_instructions) in [
        ("me", "F2", Some(1.25), Some(1.3)),
        (
            "tasks: create",
            "F2, one read and one write",
            Some(1.25),
            None,
        ),
        ("tasks: create", OF_A_CREATION, None, None),
        ("tasks: list of 50", "F2, one query", Some(1.5), None),
        ("tasks: list of 50", OF_A_LIST, None, None),
    ] {
        let cpu = |name: &str| seconds(of(name).measured.cpu_of_a_call());
        let figure = format!("a call, CPU: {name} ÷ {floor}");
        let ratio = cpu(name) / cpu(floor);
        match cpu_limit {
            Some(at_most) => limit(&figure, at_most, ratio),
            None => told(&figure, ratio),
        }
        if let Some(counted) = counted {
            let figure = format!("a call, instructions: {name} ÷ {floor}");
            let ratio = counted.of_call(name) / counted.of_call(floor);
            match limit_of_instructions {
                Some(at_most) => sure_limit(&figure, at_most, ratio, missed),
                None => told(&figure, ratio),
            }
        }
    }
}

fn hashing<'a>(of: &impl Fn(&str) -> &'a Subject, repeated: &Repeated, counted: Option<&Counted>) {
    let cpu = |name: &str| seconds(of(name).measured.cpu_of_a_call());
    for (name, at_most, floor) in [("login", 1.08, OF_A_LOGIN), ("signup", 1.06, OF_A_SIGN_UP)] {
        let hash = seconds(repeated.hash);
        let figure = format!("a call, CPU: {name} ÷ F3");
        limit(&figure, at_most, cpu(name) / hash);
        told(&format!("a call, CPU: {floor} ÷ F3"), cpu(floor) / hash);
        told(
            &format!("a call, CPU: {name} ÷ {floor}"),
            cpu(name) / cpu(floor),
        );
    }
    let ratio = seconds(repeated.product_hash) / seconds(repeated.hash);
    told("a hash by the product, CPU ÷ F3", ratio);
    if let Some(counted) = counted {
        let ratio = counted.of_part(HASH) / counted.of_part(BARE_HASH);
        told("a hash by the product, instructions ÷ F3", ratio);
    }
}

fn tokens(repeated: &Repeated, counted: Option<&Counted>) {
    let ratio = seconds(repeated.token_check) / seconds(repeated.bare_check);
    limit("check of a token, all claims, CPU ÷ F4", 1.25, ratio);
    if let Some(counted) = counted {
        let ratio = counted.of_part(TOKEN_CHECK) / counted.of_part(BARE_CHECK);
        told("check of a token, all claims, instructions ÷ F4", ratio);
    }
}

fn memory<'a>(of: &impl Fn(&str) -> &'a Subject) {
    let peak = |name: &str| whole(of(name).measured.peak_memory);
    limit("peak memory: me ÷ F2", 1.25, peak("me") / peak("F2"));
    for name in ["login", "signup"] {
        let ratio = peak(name) / (peak("F2") + HASHING_MEMORY_KIB);
        limit(&format!("peak memory: {name} ÷ (F2 + 19 MiB)"), 1.15, ratio);
    }
}

fn sizes<'a>(scene: &Scene, of: &impl Fn(&str) -> &'a Subject, missed: &mut SurelyMissed) {
    let floor = whole(scene.builds.bytes("store-function-tls"));
    let list = whole(list_bytes());
    for (function, name) in LIGHT {
        let bytes = whole(of(name).bytes);
        let figure = format!("binary: {function} ÷ F2-tls");
        sure_limit(&figure, 1.2, bytes / floor, missed);
    }
    sure_limit(
        "binary: login ÷ F2-tls",
        1.3,
        whole(of("login").bytes) / floor,
        missed,
    );
    let without = whole(of("signup").bytes) - list;
    sure_limit(
        "binary: signup without its list ÷ F2-tls",
        1.3,
        without / floor,
        missed,
    );
}

/// Of a figure without a limit.
fn told(figure: &str, ratio: f64) {
    println!("| {figure} | – | {ratio:.3} | |");
}

fn limit(figure: &str, at_most: f64, ratio: f64) {
    let verdict = if ratio <= at_most { "met" } else { "NOT met" };
    println!("| {figure} | {at_most:.2} | {ratio:.3} | {verdict} |");
}

/// Of a figure that every run has alike.
fn sure_limit(figure: &str, at_most: f64, ratio: f64, missed: &mut SurelyMissed) {
    limit(figure, at_most, ratio);
    if ratio > at_most * SLACK {
        missed.push(format!("{figure} is {ratio:.3}, and at most {at_most:.2}"));
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a ratio of three digits is wanted"
)]
fn whole(count: u64) -> f64 {
    count as f64
}
