//! Why the destination refuses somebody, and what to do about it, by its code (Marketo docs:
//! error codes; fact sheet section 4).

/// The cause, and the remedy, in two sentences.
pub(super) fn cause_and_remedy(code: &str) -> &'static str {
    match code {
        "603" => {
            "The API user lacks a permission, or this address is not among those the instance allows. Give its role the permission, or add the address."
        }
        "611" => {
            "Marketo had a fault of its own with this person. Try them again; if it stays, ask its support with the words above."
        }
        "413" => {
            "This person alone is larger than a call may be. Shorten the longest values in the source."
        }
        "701" | "1002" => {
            "A field that Marketo needs is blank. Fill it in the source, or map a column that has it."
        }
        "702" => {
            "What was to be changed is no longer there. Read the destination again, then run the sync."
        }
        "709" => {
            "Marketo has a rule of its own against this change; its words above say which. Change the name or the place, then try again."
        }
        "710" | "711" => {
            "The folder for the list is not there, or takes no lists. Choose another folder in the sync's settings."
        }
        "1001" => {
            "A value has the wrong type for its field. Correct it in the source, or map another column."
        }
        "1003" => {
            "A value does not fit its field. Correct it in the source, or map another column."
        }
        "1004" => "The person was deleted or merged meanwhile. Run the sync again.",
        "1005" => "Somebody else made the person meanwhile. Run the sync again to update them.",
        "1006" => {
            "Marketo has no field of this name any more. Read its fields again, and map another one."
        }
        "1007" => "Several people have this value, and Marketo does not choose. Merge them there.",
        "1008" => {
            "The person is in a partition that the API user may not see. Give its role access to it, or leave the person out."
        }
        "1009" => {
            "Marketo needs to be told the partition. Choose one in the destination's settings."
        }
        "1010" => {
            "The person is in another partition, and an update does not move them. Move them in Marketo, or choose that partition."
        }
        "1011" => "Marketo does not look people up by this field. Choose another dedupe field.",
        "1013" => "The list is no longer there. Choose another one, or let the sync make it anew.",
        "1014" => "Marketo could not make the list. Try again in a while.",
        "1015" => "The person was not on the list. Nothing has to be done.",
        "1016" => "Marketo's queue of imports is full. Try again in a while, or send by calls.",
        "1017" => "There is one of that name already. Choose another name.",
        "1018" => "A CRM that is connected to Marketo owns this record. Change it there.",
        "1019" => "Another import into the list is running. Try again once it is over.",
        "1021" => {
            "Fields of companies cannot be written with a person here. Take them out of the mapping."
        }
        "1022" => "It is in use in Marketo. Free it there first.",
        "1036" | "1037" => {
            "The same person came twice in one call. Give each person one row in the source."
        }
        "1076" | "1077" | "1078" | "1079" | "1080" => {
            "Marketo was merging this person. Run the sync again once that is done."
        }
        "import" => {
            "Marketo's import refused the row, for what its words above say. Correct it in the source, then try them again."
        }
        _ => "The words above are Marketo's own. Correct what they name, then try them again.",
    }
}

#[cfg(test)]
mod tests {
    use super::cause_and_remedy;

    #[test]
    fn every_code_for_a_person_has_words_of_its_own() {
        let unknown = cause_and_remedy("9999");
        for code in [
            "413", "603", "611", "1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008",
            "1009", "1010", "1011", "1013", "1014", "1015", "1017", "1018", "1021", "import",
        ] {
            let told = cause_and_remedy(code);
            assert_ne!(told, unknown, "{code}");
            assert_eq!(
                told.matches(". ").count(),
                1,
                "a cause and a remedy: {told}"
            );
        }
    }
}
