//! The columns of a file: which of them hold what, whatever their order and spelling.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    NhsNumber,
    BirthDate,
    Kind,
    Start,
    End,
    OfficeHours,
    EmergencyDuty,
}

impl Column {
    const ALL: [Self; 7] = [
        Self::NhsNumber,
        Self::BirthDate,
        Self::Kind,
        Self::Start,
        Self::End,
        Self::OfficeHours,
        Self::EmergencyDuty,
    ];

    /// How we write it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NhsNumber => "nhs_number",
            Self::BirthDate => "date_of_birth",
            Self::Kind => "plan_type",
            Self::Start => "start_date",
            Self::End => "end_date",
            Self::OfficeHours => "office_hours_telephone",
            Self::EmergencyDuty => "emergency_duty_telephone",
        }
    }

    /// Whether every file has it. Cells may be empty; but a file without a column for ends would
    /// end nothing, ever, without anybody noticing.
    fn is_required(self) -> bool {
        !matches!(self, Self::OfficeHours | Self::EmergencyDuty)
    }

    /// The column of a heading: letters count, capitals, spaces and signs do not.
    pub(super) fn of(heading: &str) -> Option<Self> {
        let letters: String = heading
            .chars()
            .filter(char::is_ascii_alphabetic)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let column = match letters.as_str() {
            "nhsnumber" | "nhsno" | "nhs" | "nhsnum" => Self::NhsNumber,
            "dateofbirth" | "dob" | "birthdate" | "birthdateofchild" => Self::BirthDate,
            "plantype" | "type" | "typeofplan" | "cpotype" | "plan" => Self::Kind,
            "start" | "startdate" | "planstart" | "planstartdate" => Self::Start,
            "end" | "enddate" | "planend" | "planenddate" => Self::End,
            "officehours"
            | "officehourstelephone"
            | "officehourstelnumber"
            | "officehourstelephonenumber"
            | "officetelephone"
            | "officehoursphone"
            | "officephone" => Self::OfficeHours,
            "emergencyduty"
            | "emergencydutytelephone"
            | "emergencydutytelnumber"
            | "emergencydutytelephonenumber"
            | "emergencytelephone"
            | "emergencydutyphone"
            | "emergencyphone"
            | "outofhourstelephone"
            | "outofhoursphone" => Self::EmergencyDuty,
            _ => return None,
        };
        Some(column)
    }
}

/// The columns of a file with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    places: Vec<Option<Column>>,
    pub(super) ignored: Vec<String>,
}

impl Columns {
    /// Reads the headings.
    ///
    /// # Errors
    /// What is wrong with them, in a sentence. It repeats none of them: a file without a header
    /// begins with a child.
    pub(super) fn read(headings: &[String]) -> Result<Self, String> {
        let places: Vec<Option<Column>> = headings.iter().map(|h| Column::of(h)).collect();
        let missing: Vec<&str> = Column::ALL
            .into_iter()
            .filter(|column| column.is_required() && !places.contains(&Some(*column)))
            .map(Column::name)
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "the first line must name the columns; missing: {}. Columns are {}, separated by a \
                 comma, semicolon, tab or vertical bar",
                missing.join(", "),
                Column::ALL.map(Column::name).join(", ")
            ));
        }
        if let Some(twice) = Column::ALL
            .into_iter()
            .find(|column| places.iter().filter(|p| **p == Some(*column)).count() > 1)
        {
            return Err(format!(
                "more than one column is headed as {}: leave only one of them",
                twice.name()
            ));
        }
        let ignored = headings
            .iter()
            .zip(&places)
            .filter(|(heading, place)| place.is_none() && !heading.is_empty())
            .map(|(heading, _)| heading.clone())
            .collect();
        Ok(Self { places, ignored })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    /// What the column at a place holds.
    pub(super) fn at(&self, place: usize) -> Option<Column> {
        self.places.get(place).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headings: &[&str]) -> Result<Columns, String> {
        Columns::read(&headings.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn headings_are_found_in_any_order_and_spelling() {
        let columns = read(&[
            "END DATE",
            "Type of plan",
            "NHS-Number",
            "DOB",
            "Start Date",
            "Office Hours Tel Number",
            "Team",
        ])
        .unwrap();
        assert_eq!(columns.at(0), Some(Column::End));
        assert_eq!(columns.at(2), Some(Column::NhsNumber));
        assert_eq!(columns.at(6), None);
        assert_eq!(columns.ignored, ["Team"]);
    }

    #[test]
    fn missing_and_double_columns_are_named_and_cells_are_not_repeated() {
        let said = read(&["9990000018", "2015-01-01", "CPP", "2024-01-01", ""]).unwrap_err();
        assert!(
            said.contains("missing: nhs_number, date_of_birth"),
            "{said}"
        );
        assert!(!said.contains("999"));
        let said =
            read(&["nhs number", "dob", "date of birth", "type", "start", "end"]).unwrap_err();
        assert!(
            said.contains("more than one column is headed as date_of_birth"),
            "{said}"
        );
    }
}
