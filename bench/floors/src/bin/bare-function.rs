//! F0: `lambda_http` alone.

fn main() {
    floors::run(floors::answer_events(|| async {}));
}
