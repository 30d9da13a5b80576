//! Finds circles in a graph.

use std::collections::BTreeSet;

use super::imports::Graph;

/// The steps of a path that ends where it began, each with the name that makes it.
pub fn find_circle(graph: &Graph) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    let circle = graph
        .keys()
        .find_map(|start| search(graph, start, &mut Vec::new(), &mut done))?;
    let step = |pair: &[String]| {
        let [from, to] = [&pair[0], &pair[1]];
        format!("{from} uses {to} ({})", graph[from][to])
    };
    Some(circle.windows(2).map(step).collect())
}

/// Depth first. A node is done when no circle goes through it.
fn search(
    graph: &Graph,
    node: &str,
    path: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(start) = path.iter().position(|visited| visited == node) {
        path.push(node.to_owned());
        return Some(path[start..].to_vec());
    }
    if done.contains(node) {
        return None;
    }
    path.push(node.to_owned());
    for next in graph.get(node).into_iter().flat_map(|used| used.keys()) {
        if let Some(circle) = search(graph, next, path, done) {
            return Some(circle);
        }
    }
    path.pop();
    done.insert(node.to_owned());
    None
}
