//! Made-up local authorities, with telephone numbers that Ofcom keeps for drama.

use cpis_record::{Authority, OdsCode, Telephone};

/// A made-up local authority.
pub(super) struct LocalAuthority {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    office: &'static str,
    emergency: &'static str,
}

/// No council bears these names; the codes begin with ZZ, which the Organisation Data Service does
/// not give to authorities.
pub(super) const AUTHORITIES: &[LocalAuthority] = &[
    LocalAuthority {
        code: "ZZ001",
        name: "Northmoor Borough Council",
        office: "01632 960101",
        emergency: "07700 900101",
    },
    LocalAuthority {
        code: "ZZ002",
        name: "Eastvale County Council",
        office: "01632 960202",
        emergency: "01632 960902",
    },
    LocalAuthority {
        code: "ZZ003",
        name: "Southmere City Council",
        office: "020 7946 0303",
        emergency: "07700 900303",
    },
    LocalAuthority {
        code: "ZZ004",
        name: "Westhollow Metropolitan Borough Council",
        office: "01632 960404",
        emergency: "07700 900404",
    },
    LocalAuthority {
        code: "ZZ005",
        name: "Highfen District Council",
        office: "01632 960505",
        emergency: "01632 960905",
    },
    LocalAuthority {
        code: "ZZ006",
        name: "London Borough of Kingsmarsh",
        office: "020 7946 0606",
        emergency: "020 7946 0906",
    },
];

impl LocalAuthority {
    /// The authority as a plan names it.
    pub(super) fn as_record(&self) -> Authority {
        Authority {
            name: Some(self.name.to_owned()),
            ods_code: self.code.parse::<OdsCode>().ok(),
            office_hours: Telephone::new(self.office),
            emergency_duty: Telephone::new(self.emergency),
        }
    }
}
