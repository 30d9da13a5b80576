//! F0 with the list of common passwords: what it is bigger by is the list.

fn main() {
    floors::run(floors::answer_events(|| async {
        assert!(passwords::analyzer::is_common_password("password"));
    }));
}
