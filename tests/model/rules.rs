//! The rules of the synchronisation, each of which can be taken away: a model that does not notice is no proof.

#![cfg(test)]

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// None: the rules as they are.
    Nothing,
    /// The server does not look whether it knows an `op_id`.
    NoDedupe,
    /// The server writes the row and, in another transaction, the verdict.
    VerdictInAnotherTransaction,
    /// The value that lost is not kept.
    LosersNotKept,
    /// Whoever arrives last wins; `from` is not looked at.
    ArrivalWins,
    /// A deletion deletes what its author has not seen.
    DeleteAlwaysWins,
    /// What depends on a refused operation is refused for want of its row.
    DependentsRefused,
    /// What waited is not tried again when its parent lands.
    DependentsForgotten,
    /// A refused edit of a row stops entries that only refer to the row.
    RefusedEditBlocksOthers,
    /// A corrected new card is held for the refused one, and for the edits that wait for either.
    NewAttemptWaits,
    /// "The same person" forgets what the second card said.
    SamePersonDropsValues,
    /// "The same person" leaves no alias behind.
    SamePersonWithoutAlias,
    /// "Try again" of a page that is old applies what was applied meanwhile.
    RetryLooksNotAgain,
    /// The browser deletes before it sends.
    DequeueBeforeAck,
    /// The browser takes any 200 for an answer.
    AnyAnswerIsAck,
    /// The browser takes the agent's 202 for the server's verdict.
    AgentAckIsFinal,
    /// The clerk is told "stored" before it is.
    ToldBeforeStored,
    /// A new `op_id` for every attempt.
    IdPerAttempt,
    /// Operations name nothing they need.
    NoAfter,
    /// Numbers of a queue leave holes.
    NumbersWithHoles,
    /// A refused operation stays in the queue and is sent again.
    RefusedStays,
    /// The browser writes its edits into the mirror instead of laying them over it.
    PatchedMirror,
    /// What was delivered is not kept.
    NoDoneLog,
    /// A server that was restored is taken for the one before.
    EpochIgnored,
    /// The mirror's cursor moves to the end although a page was shorter.
    CursorToTheEnd,
    /// The browser does not say how much waits.
    NoHeartbeat,
}

impl Broken {
    /// Every rule that can be broken, and what it leads to: how the words of such a finding begin.
    pub const ALL: [(Self, &str); 25] = [
        (Self::NoDedupe, "applied twice"),
        (Self::VerdictInAnotherTransaction, "applied twice"),
        (Self::LosersNotKept, "overwritten"),
        (Self::ArrivalWins, "overwritten"),
        (Self::DeleteAlwaysWins, "deleted unseen"),
        (Self::DependentsRefused, "refused for want of a row"),
        (Self::DependentsForgotten, "stuck on the server"),
        (Self::RefusedEditBlocksOthers, "refused for want of a row"),
        (Self::NewAttemptWaits, "stuck on the server"),
        (Self::SamePersonDropsValues, "overwritten"),
        (Self::SamePersonWithoutAlias, "refused for want of a row"),
        (Self::RetryLooksNotAgain, "applied twice"),
        (Self::DequeueBeforeAck, "lost"),
        (Self::AnyAnswerIsAck, "lost"),
        (Self::AgentAckIsFinal, "lost"),
        (Self::ToldBeforeStored, "lost"),
        (Self::IdPerAttempt, "applied twice"),
        (Self::NoAfter, "refused for want of a row"),
        (Self::NumbersWithHoles, "false alarm"),
        (Self::RefusedStays, "stuck in the browser"),
        (Self::PatchedMirror, "mirror differs"),
        (Self::NoDoneLog, "lost"),
        (Self::EpochIgnored, "mirror differs"),
        (Self::CursorToTheEnd, "mirror differs"),
        (Self::NoHeartbeat, "unnoticed"),
    ];
}
