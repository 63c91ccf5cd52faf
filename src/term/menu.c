#include "term/menu.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "term/fuzzy.h"

#define MARK_COLUMNS  1  /* '>' before the selected */
#define GAP_COLUMNS   1  /* between columns, besides the mark's */
#define LABEL_COLUMNS 36 /* longer labels are cut: one of them must not cost all columns */
#define PAGE_ROWS     10 /* until it has been drawn */
#define HINT          "Ctrl-Space shows it "

/* `sign` stands right behind the label, `word` apart from it unless all are of that kind. */
static const struct {
    const char *name, *names, *sign, *word;
} kinds[MENU_KINDS] = {
    [MENU_PLAIN] = {"", "candidates", "", ""},
    [MENU_DIRECTORY] = {"directory", "directories", "", ""}, /* its label ends in a slash */
    [MENU_FILE] = {"file", "files", "", ""},
    [MENU_LINK] = {"symbolic link", "symbolic links", "@", ""},
    [MENU_PROGRAM] = {"executable file", "executable files", "*", ""},
    [MENU_SPECIAL] = {"special file", "special files", "=", ""},
    [MENU_COMMAND] = {"command", "commands", "", ""},
    [MENU_ALIAS] = {"alias", "aliases", "", "alias"},
    [MENU_FUNCTION] = {"function", "functions", "()", ""},
    [MENU_BUILTIN] = {"builtin", "builtins", "", "builtin"},
    [MENU_KEYWORD] = {"keyword", "keywords", "", "keyword"},
    [MENU_VARIABLE] = {"variable", "variables", "", ""},
    [MENU_OPTION] = {"option", "options", "", ""},
    [MENU_HOST] = {"host", "hosts", "", "host"},
    [MENU_USER] = {"user", "users", "", "user"},
};

/* What it fits is better the higher the score is; of equals the first stays first. */
struct fit {
    size_t item;
    int score;
};

struct menu {
    struct menu_item *items;
    size_t item_count, total;
    int *columns;      /* of each item's label, its sign and word included */
    struct fit *shown; /* the items left by narrowing, in order */
    size_t count;
    int label_columns; /* the widest of these */
    bool described;    /* some of these have a description: one a row */
    bool alike;        /* these do not go on from what is typed, they are only like it */
    bool mixed;        /* items of more than one kind */
    const char *name;  /* what those shown are called */
    long selected;     /* an index into shown; -1 */
    size_t top;        /* the first row shown of all */
    int page_rows;     /* rows of items when last drawn */
};

static const char *label_of(const struct menu_item *item)
{
    return item->label ? item->label : item->text;
}

static const char *word_of(const struct menu *m, const struct menu_item *item)
{
    return m->mixed ? kinds[item->kind].word : "";
}

static int text_columns(const char *text)
{
    size_t len = 0;
    while (text[len] >= ' ' && text[len] < 0x7f)
        len++;
    /* Most are plain ASCII. */
    return text[len] ? frame_columns(text, strlen(text)) : (int)len;
}

static int item_columns(const struct menu *m, const struct menu_item *item)
{
    const char *word = word_of(m, item);
    return text_columns(label_of(item)) + (int)strlen(kinds[item->kind].sign) +
           (*word ? 1 + (int)strlen(word) : 0);
}

/* What all that are shown are called. */
static const char *name_of_all(const struct menu *m)
{
    if (m->count == 0)
        return "";
    enum menu_kind kind = m->items[m->shown[0].item].kind;
    bool files = true, folders = false, same = true;
    for (size_t i = 0; m->mixed && i < m->count; i++) {
        enum menu_kind other = m->items[m->shown[i].item].kind;
        same = same && other == kind;
        files = files && other >= MENU_DIRECTORY && other <= MENU_SPECIAL;
        folders = folders || other == MENU_DIRECTORY;
    }
    if (!same)
        return !files ? "candidates" : folders ? "files and directories" : "files";
    return m->count == 1 && *kinds[kind].name ? kinds[kind].name : kinds[kind].names;
}

/* Of those shown. */
static void measure(struct menu *m)
{
    m->label_columns = 1;
    m->described = false;
    for (size_t i = 0; i < m->count; i++) {
        int columns = m->columns[m->shown[i].item];
        m->label_columns = columns > m->label_columns ? columns : m->label_columns;
        m->described = m->described || m->items[m->shown[i].item].description;
    }
    m->name = name_of_all(m);
}

struct menu *menu_new(struct menu_item *items, size_t count)
{
    struct menu *m = xcalloc(1, sizeof *m);
    m->items = items;
    m->item_count = m->total = count;
    m->shown = xcalloc(count, sizeof *m->shown);
    m->columns = xcalloc(count, sizeof *m->columns);
    m->selected = -1;
    m->page_rows = PAGE_ROWS;
    for (size_t i = 1; i < count; i++)
        m->mixed = m->mixed || items[i].kind != items[0].kind;
    for (size_t i = 0; i < count; i++)
        m->columns[i] = item_columns(m, &items[i]);
    menu_narrow(m, "");
    return m;
}

void menu_free(struct menu *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->item_count; i++) {
        free(m->items[i].text);
        free(m->items[i].label);
        free(m->items[i].description);
    }
    free(m->items);
    free(m->shown);
    free(m->columns);
    free(m);
}

void menu_set_total(struct menu *m, size_t total)
{
    m->total = total > m->item_count ? total : m->item_count;
}

const char *menu_kind_name(enum menu_kind kind)
{
    return kinds[kind].name;
}

size_t menu_count(const struct menu *m)
{
    return m->count;
}

long menu_selected(const struct menu *m)
{
    return m->selected;
}

const struct menu_item *menu_item(const struct menu *m, size_t i)
{
    return i < m->count ? &m->items[m->shown[i].item] : NULL;
}

/* Of the labels: half of a wide window at most. */
static int label_room(const struct menu *m, int cols)
{
    int most = cols / 2 > LABEL_COLUMNS ? cols / 2 : LABEL_COLUMNS;
    return m->label_columns < most ? m->label_columns : most;
}

static int column_width(const struct menu *m, int cols)
{
    return MARK_COLUMNS + label_room(m, cols) + GAP_COLUMNS;
}

static size_t columns_at(const struct menu *m, int cols)
{
    /* The last column needs no gap behind it. */
    size_t n = m->described ? 1 : (size_t)((cols + GAP_COLUMNS) / column_width(m, cols));
    return n > 0 ? n : 1;
}

static size_t rows_at(const struct menu *m, int cols)
{
    size_t columns = columns_at(m, cols);
    return (m->count + columns - 1) / columns;
}

static void select_item(struct menu *m, long to)
{
    long last = (long)m->count - 1;
    m->selected = to < 0 ? 0 : to > last ? last : to;
}

/* Tab and Shift-Tab go round. */
static void step_round(struct menu *m, long by)
{
    long count = (long)m->count;
    if (m->selected < 0)
        m->selected = by > 0 ? 0 : count - 1;
    else
        m->selected = (m->selected + by + count) % count;
}

/* Up and down stay in their column. */
static void step_row(struct menu *m, long by)
{
    long to = m->selected + by, count = (long)m->count;
    if (m->selected < 0)
        m->selected = by > 0 ? 0 : count - 1;
    else if (to >= 0 && to < count)
        m->selected = to;
    else if (to >= count && m->selected / by != (count - 1) / by)
        m->selected = count - 1; /* the last row is short */
}

static enum menu_did menu_named(struct menu *m, enum key_name name, int cols)
{
    long columns = (long)columns_at(m, cols), page = columns * m->page_rows;
    switch (name) {
    case KEY_UP: step_row(m, -columns); break;
    case KEY_DOWN: step_row(m, columns); break;
    case KEY_LEFT: step_round(m, -1); break;
    case KEY_RIGHT: step_round(m, 1); break;
    case KEY_BACKTAB: step_round(m, -1); break;
    case KEY_PAGE_UP: select_item(m, m->selected - page); break;
    case KEY_PAGE_DOWN: select_item(m, (m->selected < 0 ? 0 : m->selected) + page); break;
    case KEY_HOME: select_item(m, 0); break;
    case KEY_END: select_item(m, (long)m->count - 1); break;
    default: return MENU_IGNORED;
    }
    return MENU_MOVED;
}

enum menu_did menu_key(struct menu *m, const struct key *key, int cols)
{
    if (m->count == 0)
        return MENU_IGNORED;
    bool preview = key->kind == KEY_NAMED
                       ? key->code == KEY_F1 && key->mods == 0
                       : key->kind == KEY_CHAR && key->code == ' ' && key->mods == MOD_CTRL;
    if (preview) {
        select_item(m, m->selected);
        return MENU_PREVIEW;
    }
    if (key->mods != 0)
        return MENU_IGNORED;
    if (key->kind == KEY_NAMED)
        return menu_named(m, (enum key_name)key->code, cols > 0 ? cols : 1);
    if (key->kind != KEY_CHAR)
        return MENU_IGNORED;
    switch (key->code) {
    case '\t': step_round(m, 1); return m->count > 1 ? MENU_MOVED : MENU_TAKE;
    case '\r': return m->selected >= 0 ? MENU_TAKE : MENU_IGNORED;
    case 0x1b: return MENU_CLOSE;
    default: return MENU_IGNORED;
    }
}

static int by_score(const void *a, const void *b)
{
    const struct fit *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

static size_t show_prefixed(struct menu *m, const char *typed)
{
    size_t len = strlen(typed), kept = 0;
    for (size_t i = 0; i < m->item_count; i++)
        if (strncmp(m->items[i].text, typed, len) == 0)
            m->shown[kept++].item = i;
    return kept;
}

/* Of a path only its last part may differ: the folders are typed already. */
static size_t show_alike(struct menu *m, const char *typed)
{
    const char *slash = strrchr(typed, '/');
    size_t folders = slash ? (size_t)(slash + 1 - typed) : 0, kept = 0;
    for (size_t i = 0; i < m->item_count && typed[folders]; i++) {
        int score = strncmp(m->items[i].text, typed, folders) == 0
                        ? fuzzy_score(typed + folders, label_of(&m->items[i]))
                        : -1;
        if (score > 0)
            m->shown[kept++] = (struct fit){i, score};
    }
    qsort(m->shown, kept, sizeof *m->shown, by_score);
    return kept;
}

static void select_again(struct menu *m, size_t item)
{
    m->selected = m->count > 0 ? 0 : -1;
    for (size_t i = 0; i < m->count; i++)
        if (m->shown[i].item == item)
            m->selected = (long)i;
}

bool menu_narrow(struct menu *m, const char *typed)
{
    bool selects = m->selected >= 0;
    size_t selected = selects ? m->shown[m->selected].item : 0;
    m->count = show_prefixed(m, typed);
    m->alike = m->count == 0;
    if (m->alike)
        m->count = show_alike(m, typed);
    if (selects)
        select_again(m, selected);
    m->top = 0;
    measure(m);
    return m->count > 0;
}

int menu_height(const struct menu *m, int cols, int max)
{
    size_t rows = rows_at(m, cols > 0 ? cols : 1);
    rows += rows > 0; /* what is told of them */
    if (max < 0)
        max = 0;
    return rows < (size_t)max ? (int)rows : max;
}

/* Keep the selected in view, and no empty rows at the end. */
static void scroll_to_selected(struct menu *m, size_t rows, size_t columns, size_t visible)
{
    size_t at = m->selected < 0 ? 0 : (size_t)m->selected / columns;
    if (at < m->top)
        m->top = at;
    if (at >= m->top + visible)
        m->top = at - visible + 1;
    if (m->top + visible > rows)
        m->top = rows > visible ? rows - visible : 0;
}

/* Text in at most `room` columns; '~' at their end says that it goes on. Returns the columns. */
static int put_cut(struct frame *f, int row, int col, int room, const struct style *style,
                   const char *text)
{
    if (room <= 0)
        return 0;
    int used = frame_put(f, row, col, room, style, text, strlen(text));
    if (text_columns(text) > room)
        used = room - 1 + frame_put(f, row, col + room - 1, 1, style, "~", 1);
    return used;
}

static void draw_item(const struct menu *m, size_t i, struct frame *f, int row, int col, int width)
{
    const struct menu_item *item = &m->items[m->shown[i].item];
    bool selected = (long)i == m->selected;
    struct style style = {.attrs = selected ? ATTR_REVERSE : 0};
    struct style faint = {.attrs = selected ? ATTR_REVERSE : ATTR_DIM};
    int end = col + width < f->cols ? col + width : f->cols;
    if (selected) {
        frame_fill(f, row, col, end, &style);
        frame_put(f, row, col, 1, &style, ">", 1);
    }
    const char *sign = kinds[item->kind].sign, *word = word_of(m, item);
    int at = col + MARK_COLUMNS, labels = label_room(m, f->cols);
    int label_end = at + labels < end ? at + labels : end;
    int behind = (int)strlen(sign) + (*word ? 1 + (int)strlen(word) : 0);
    at += put_cut(f, row, at, label_end - at - behind, &style, label_of(item));
    at += put_cut(f, row, at, end - at, &style, sign);
    put_cut(f, row, at + 1, end - at - 1, &faint, word);
    int after = col + MARK_COLUMNS + labels + 2;
    if (item->description)
        put_cut(f, row, after, end - after, &faint, item->description);
}

static void put_counts(const struct menu *m, size_t first, size_t last, struct buf *out)
{
    if (m->selected >= 0)
        buf_printf(out, " %ld of ", m->selected + 1);
    else if (last - first < m->count)
        buf_printf(out, " %zu-%zu of ", first + 1, last);
    else
        buf_puts(out, " ");
    bool partial = m->total > m->item_count;
    if (partial && m->total == MENU_MANY)
        buf_printf(out, "%zu among the first %zu ", m->count, m->item_count);
    else if (partial && m->count == m->item_count)
        buf_printf(out, "the first %zu of %zu ", m->item_count, m->total);
    else if (partial)
        buf_printf(out, "%zu among the first %zu of %zu ", m->count, m->item_count, m->total);
    else
        buf_printf(out, "%zu ", m->count);
    buf_printf(out, "%s%s", m->alike ? "similar " : "", m->name);
}

/* How many there are, and of the selected what has no room in its place. */
static void draw_foot(const struct menu *m, struct frame *f, int row, size_t first, size_t last)
{
    static const struct style faint = {.attrs = ATTR_DIM};
    struct buf text = {0};
    put_counts(m, first, last, &text);
    const struct menu_item *item = m->selected >= 0 ? menu_item(m, (size_t)m->selected) : NULL;
    int labels = label_room(m, f->cols);
    if (item && m->mixed && *kinds[item->kind].name)
        buf_printf(&text, "; %s", kinds[item->kind].name);
    if (item && m->columns[m->shown[m->selected].item] > labels)
        buf_printf(&text, "; %s", label_of(item));
    int room = f->cols - MARK_COLUMNS - labels - 2;
    if (item && item->description && text_columns(item->description) > room)
        buf_printf(&text, "; %s", item->description);
    int used = put_cut(f, row, 0, f->cols, &faint, buf_str(&text));
    buf_release(&text);
    int width = (int)strlen(HINT);
    if (item && used + 2 + width <= f->cols)
        frame_put(f, row, f->cols - width, width, &faint, HINT, strlen(HINT));
}

void menu_draw(struct menu *m, struct frame *f, int row, int height)
{
    static const struct style plain;
    size_t columns = columns_at(m, f->cols), rows = rows_at(m, f->cols);
    if (height <= 0)
        return;
    bool foot = height > 1 && m->count > 0;
    size_t visible = (size_t)height - (foot ? 1 : 0);
    m->page_rows = (int)visible;
    scroll_to_selected(m, rows, columns, visible);
    int width = m->described ? f->cols : column_width(m, f->cols) - GAP_COLUMNS;
    for (int r = 0; r < height; r++)
        frame_fill(f, row + r, 0, f->cols, &plain);
    size_t first = m->top * columns, last = (m->top + visible) * columns;
    last = last < m->count ? last : m->count;
    for (size_t i = first; i < last; i++)
        draw_item(m, i, f, row + (int)((i - first) / columns),
                  (int)((i - first) % columns) * column_width(m, f->cols), width);
    if (foot)
        draw_foot(m, f, row + height - 1, first, last);
}
