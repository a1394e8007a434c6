// What Django's forms leave out for those who hear them: a cell is called what its column says, a look-up what its
// label says.
"use strict";
{
    const FIELDS = ".tabular td :is(input, select, textarea):not([type=hidden], .select2-search__field)";
    let made = 0;

    const idOf = (element) => {
        element.id ||= `name-${++made}`;
        return element.id;
    };

    const nameOf = (field) => {
        const cell = field.closest(".tabular td");
        const name = cell
            ? cell.closest("table").tHead.rows[0].cells[cell.cellIndex]
            : document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
        return name ? idOf(name) : "";
    };

    const call = (element, name, ...more) => {
        if (name) element?.setAttribute("aria-labelledby", [name, ...more].join(" "));
    };

    const callLookUp = (container) => {
        const select = container.previousElementSibling;
        const name = select?.matches("select") && nameOf(select);
        if (!name) return;
        const shown = container.querySelector(".select2-selection__rendered");
        call(container.querySelector("[role=combobox]"), name, idOf(shown));
        call(container.querySelector(".select2-search__field"), name);
        call(shown, name);
    };

    const callAll = () => {
        document.querySelectorAll(".tabular thead th:empty").forEach((empty) => {
            const cell = document.createElement("td");
            cell.className = empty.className;
            empty.replaceWith(cell);
        });
        document.querySelectorAll(FIELDS).forEach((field) => call(field, nameOf(field)));
        document.querySelectorAll("select + .select2-container").forEach(callLookUp);
        document.querySelectorAll(".inline-group .tabular").forEach((table) => {
            // Rows that can only be read are moved with the arrow keys, too.
            const still = table.scrollWidth <= table.clientWidth || table.querySelector(`${FIELDS}, a`);
            if (!still) table.tabIndex = 0;
        });
    };

    // Look-ups are made when the page is ready, by what was asked for earlier than this, and in each row that is added.
    window.django?.jQuery?.(() => {
        callAll();
        django.jQuery(document).on("select2:open", ({ target }) => {
            call(document.querySelector(".select2-dropdown .select2-search__field"), nameOf(target));
        });
    });
    document.addEventListener("formset:added", () => setTimeout(callAll));
    window.addEventListener("load", () => {
        document.querySelectorAll(".selector span[aria-label]:not([role])").forEach((icon) => {
            icon.setAttribute("role", "img");
        });
        document.querySelectorAll("p.datetime input").forEach((part) => {
            const whole = part.closest("fieldset, .form-row").querySelector("legend, label");
            const words = [whole?.textContent, part.previousSibling?.textContent].map((text) => text?.trim());
            part.setAttribute("aria-label", words.filter(Boolean).join(" "));
        });
    });
}
