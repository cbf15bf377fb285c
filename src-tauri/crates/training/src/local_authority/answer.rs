//! What an authority is answered: a code for each row, and one for the file.
//!
//! The codes are those of the upload results of CP-IS (`CP-ISUploadRecordResponse`), as far as they
//! have been published. The words are ours and name no person.

use serde::Serialize;

macro_rules! codes {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal, $words:literal);+ $(;)? }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All codes, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What it means.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)+ }
            }

            /// The code with this text.
            #[must_use]
            pub fn of(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.code())
            }
        }
    };
}

codes! {
    /// What became of a row.
    ResultCode {
        /// Nobody has the number.
        NoMatch = "CPR01", "no match: nobody has this NHS number";
        /// The person's record is sensitive.
        Sensitive = "CPR02", "sensitive record: it cannot be given child protection information";
        /// The date of birth is not that of the number's holder.
        NotVerified = "CPR03", "not verified: the date of birth does not belong to this NHS number";
        /// A number from before there were ten digits.
        OldStyle = "CPR04", "old-style NHS number: give the ten digits";
        /// The number has been replaced by another.
        Superseded = "CPR05", "superseded: this NHS number has been replaced by another";
        /// The register holds what the row says.
        Loaded = "CPR06", "loaded";
        /// The row cannot be used.
        Failed = "CPR07", "not loaded";
    }
}

codes! {
    /// What became of a file.
    FileResult {
        /// No row could be read.
        Corrupt = "CPF01", "the file cannot be read; nothing was loaded";
        /// Every row.
        AllLoaded = "CPF02", "all rows were loaded";
        /// Some rows.
        PartlyLoaded = "CPF03", "some rows were not loaded: see their codes";
        /// No row.
        NoneLoaded = "CPF04", "no row was loaded: see their codes";
        /// The loading broke off.
        BrokenOff = "CPF05", "loading broke off: send the same file again; rows loaded so far stay";
    }
}

/// What a loaded row changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The record is new.
    New,
    /// The record had been there and says something else now.
    Updated,
    /// The record had been there and says the same.
    Unchanged,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowAnswer {
    /// The code.
    pub code: ResultCode,
    /// What changed, if it was loaded.
    pub change: Option<Change>,
    /// What to do, where the code alone does not say it.
    pub why: Option<&'static str>,
}

impl RowAnswer {
    pub(crate) fn loaded(change: Change) -> Self {
        Self {
            code: ResultCode::Loaded,
            change: Some(change),
            why: None,
        }
    }

    pub(crate) fn refused(code: ResultCode) -> Self {
        Self {
            code,
            change: None,
            why: None,
        }
    }

    pub(crate) fn because(code: ResultCode, why: &'static str) -> Self {
        Self {
            why: Some(why),
            ..Self::refused(code)
        }
    }

    /// What it means, in words.
    #[must_use]
    pub fn words(&self) -> &'static str {
        self.why.unwrap_or_else(|| self.code.words())
    }
}

/// How many rows had each code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowCounts {
    codes: [u64; 7],
    /// Loaded rows that were new.
    pub new: u64,
    /// Loaded rows that changed a record.
    pub updated: u64,
    /// Loaded rows that changed nothing.
    pub unchanged: u64,
}

impl RowCounts {
    pub(crate) fn add(&mut self, answer: &RowAnswer) {
        if let Some(place) = ResultCode::ALL.iter().position(|c| *c == answer.code) {
            self.codes[place] += 1;
        }
        match answer.change {
            Some(Change::New) => self.new += 1,
            Some(Change::Updated) => self.updated += 1,
            Some(Change::Unchanged) => self.unchanged += 1,
            None => {}
        }
    }

    /// How many rows had a code.
    #[must_use]
    pub fn of(&self, code: ResultCode) -> u64 {
        let place = ResultCode::ALL.iter().position(|c| *c == code);
        place.map_or(0, |place| self.codes[place])
    }

    /// How many rows there were.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.codes.iter().sum()
    }

    /// The code of a file with these rows.
    #[must_use]
    pub fn result(&self) -> FileResult {
        match self.of(ResultCode::Loaded) {
            0 => FileResult::NoneLoaded,
            loaded if loaded == self.rows() => FileResult::AllLoaded,
            _ => FileResult::PartlyLoaded,
        }
    }
}

/// What an authority is answered for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAnswer {
    /// Its running number; `None` when it was not taken in.
    pub sequence: Option<u64>,
    /// Whether the same file had come before.
    pub repeated: bool,
    /// The code.
    pub result: FileResult,
    /// What to do, where the code alone does not say it.
    pub why: Option<String>,
    /// How many rows had each code.
    pub counts: RowCounts,
    /// The columns of which nothing was taken.
    pub ignored_columns: Vec<String>,
}

impl FileAnswer {
    /// Nothing was taken in.
    pub(crate) fn refused(result: FileResult, why: impl Into<String>) -> Self {
        Self {
            sequence: None,
            repeated: false,
            result,
            why: Some(why.into()),
            counts: RowCounts::default(),
            ignored_columns: Vec::new(),
        }
    }

    /// What it means, in words.
    #[must_use]
    pub fn words(&self) -> &str {
        self.why.as_deref().unwrap_or_else(|| self.result.words())
    }
}

/// Takes the answers of rows, in their order.
pub(crate) trait AnsweredRows {
    /// Row numbers count from 1 and leave out the header and empty lines.
    fn take(&mut self, row: u64, line: u64, answer: &RowAnswer) -> std::io::Result<()>;
}
