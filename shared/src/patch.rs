//! What a merge patch does to one field (RFC 7396).

#[derive(Debug, PartialEq, Eq)]
pub enum Patch<T> {
    Keep,
    Clear,
    Set(T),
}
