//! F3: one Argon2id hash at the product's cost, in memory that is kept.

use floors::{BareHash, repeat_on_request};

fn main() {
    let bare = BareHash::prepared();
    repeat_on_request(|| bare.make_one());
}
