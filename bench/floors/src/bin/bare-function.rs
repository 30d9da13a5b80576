//! F0: `lambda_http` alone.

fn main() {
    floors::block_on(floors::answer_events(|| async {}));
}
