//! The situations that the made-up people stand for.

macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $words:literal);+ $(;)?) => {
        /// What a made-up person is there to show.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Case { $($(#[$doc])* $name,)+ }

        impl Case {
            /// All cases. The first person of each has the same number, name and date of birth
            /// under every seed.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The case's name in the store.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// The case in words.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)+ }
            }
        }
    };
}

cases! {
    /// A current child protection plan.
    ChildProtection = "cpp", "Child protection plan";
    /// A looked-after child.
    LookedAfter = "lac", "Looked after child";
    /// A mother whose unborn child has a plan.
    UnbornChild = "ucpp", "Unborn child protection plan, under the mother's number";
    /// A child protection plan and a looked-after record at once.
    ChildProtectionAndLookedAfter = "cpp-lac", "Child protection plan and looked after child";
    /// A plan that ended ten days ago.
    EndedTenDaysAgo = "ended-10", "Plan ended 10 days ago";
    /// A plan that ended 364 days ago: still shown.
    Ended364DaysAgo = "ended-364", "Plan ended 364 days ago, still shown";
    /// A plan that ended 366 days ago: no longer shown.
    Ended366DaysAgo = "ended-366", "Plan ended 366 days ago, no longer shown";
    /// No record.
    NothingHeld = "nothing", "Nothing held";
    /// A restricted demographic record, with a plan.
    RestrictedWithRecord = "restricted-record", "Restricted, with a record";
    /// A restricted demographic record, without a plan.
    RestrictedWithoutRecord = "restricted", "Restricted, nothing held";
    /// A number that has been replaced by another one.
    Superseded = "superseded", "Old NHS number, replaced by another";
    /// The person under the number that replaced another one; with a plan.
    ReplacesSuperseded = "replaces", "New NHS number of a person who had another, with a plan";
    /// A number that was taken out of use, as after an adoption, without naming another.
    Invalidated = "invalidated", "NHS number no longer in use";
    /// A child who has died.
    Deceased = "deceased", "Has died";
    /// A plan, and exactly 25 earlier accesses.
    TwentyFiveAccesses = "accesses-25", "Plan, looked at 25 times";
    /// A plan, and 40 earlier accesses, of which 25 are shown.
    FortyAccesses = "accesses-40", "Plan, looked at 40 times, 25 shown";
    /// A plan that nobody has looked at.
    NoAccesses = "accesses-0", "Plan, nobody has looked yet";
    /// A plan with no end date.
    NoEndDate = "no-end", "Plan without an end date";
    /// A plan whose code the published value set does not hold.
    UnknownPlanCode = "unknown-code", "Record of a kind that is not in the published list";
    /// A plan whose authority gives no office telephone number.
    NoOfficeTelephone = "no-office", "Plan, no office telephone number";
    /// A plan whose authority gives no emergency duty telephone number.
    NoEmergencyTelephone = "no-emergency", "Plan, no emergency duty telephone number";
    /// A plan whose authority gives no telephone number.
    NoTelephone = "no-telephone", "Plan, no telephone numbers";
    /// A plan with every field that the service can give.
    EveryField = "every-field", "Plan with every field given";
    /// A plan, and beside it flags of other kinds: two known ones, and two that no list holds.
    OtherFlags = "other-flags", "Plan, and flags of other kinds beside it";
}
