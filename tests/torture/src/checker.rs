//! The judge: a pure function from what happened to what was wrong with it.

use crate::history::History;
use std::collections::BTreeSet;
use std::ops::AddAssign;

/// What was wrong. All zero and empty: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Results that were shown without a record of the look.
    pub unaudited: usize,
    /// Looks on record that neither reached the backend nor stand in the ledger for all to see.
    pub lost: usize,
    /// Records that the backend has in two versions.
    pub doubled: usize,
    /// Anything else, in words.
    pub other: Vec<String>,
}

impl Verdict {
    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, more: Self) {
        self.unaudited += more.unaudited;
        self.lost += more.lost;
        self.doubled += more.doubled;
        self.other.extend(more.other);
    }
}

/// The platform's limit: calls in any second (NHS England API platform, default quota).
const MOST_CALLS_A_SECOND: usize = 5;

/// Judges a run in the end of which the backend took everything.
#[must_use]
pub fn judge(history: &History) -> Verdict {
    let begun: BTreeSet<&String> = history.begun.iter().collect();
    let mut verdict = Verdict {
        unaudited: history
            .shown
            .iter()
            .filter(|id| !history.stored.contains_key(*id) && !history.rows.contains_key(*id))
            .count(),
        lost: begun
            .iter()
            .filter(|id| !history.stored.contains_key(**id))
            .filter(|id| {
                let state = history.rows.get(**id).map(String::as_str);
                !matches!(state, Some("attempted" | "waiting" | "needs-attention"))
            })
            .count(),
        doubled: history
            .stored
            .values()
            .filter(|bodies| bodies.iter().collect::<BTreeSet<_>>().len() > 1)
            .count(),
        other: Vec::new(),
    };
    for id in &history.claimed_sent {
        if !history.stored.contains_key(id) {
            verdict
                .other
                .push(format!("{id} is marked sent, and the backend has it not"));
        }
    }
    for (id, state) in &history.rows {
        if state != "sent" {
            verdict
                .other
                .push(format!("{id} is {state} although the backend took all"));
        }
    }
    for (at, call) in history.calls.iter().enumerate() {
        let within = history.calls[at..]
            .iter()
            .take_while(|later| **later < call + 1000)
            .count();
        if within > MOST_CALLS_A_SECOND {
            verdict.other.push(format!("{within} calls in one second"));
            break;
        }
    }
    verdict.other.extend(history.findings.iter().cloned());
    verdict.other.extend(history.failures.iter().cloned());
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> History {
        History {
            begun: vec!["a".into()],
            shown: vec!["a".into()],
            rows: [("a".into(), "sent".into())].into(),
            stored: [("a".into(), vec!["1".into(), "1".into()])].into(),
            claimed_sent: vec!["a".into()],
            calls: vec![0, 250],
            ..History::default()
        }
    }

    #[test]
    fn a_whole_history_is_clean_and_each_fault_is_seen() {
        assert!(judge(&whole()).is_clean());
        let mut shown_only = whole();
        shown_only.shown.push("b".into());
        assert_eq!(judge(&shown_only).unaudited, 1);
        let mut forgotten = whole();
        forgotten.begun.push("b".into());
        assert_eq!(judge(&forgotten).lost, 1);
        let mut two = whole();
        two.stored.insert("a".into(), vec!["1".into(), "2".into()]);
        assert_eq!(judge(&two).doubled, 1);
        let mut claimed = whole();
        claimed.stored.clear();
        assert!(!judge(&claimed).is_clean());
        let mut fast = whole();
        fast.calls = vec![0, 100, 200, 300, 400, 500];
        assert_eq!(judge(&fast).other.len(), 1);
    }
}
