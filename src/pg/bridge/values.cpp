#include "pg/bridge/values.hpp"

#include "pg/bridge/compat.hpp"

extern "C" {
#include "access/detoast.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/snapmgr.h"
}

namespace webwrap::pg {

namespace {

constexpr int kMaxColumns = 64;

struct Bytes {
    const char *data;
    std::size_t size;

    [[nodiscard]] std::string_view view() const { return {data, size}; }
};

Bytes varlena_argument(FunctionCallInfo fcinfo, int number) {
    return call_pg([fcinfo, number] {
        const struct varlena *value = PG_DETOAST_DATUM_PACKED(fcinfo->args[number].value);
        return Bytes{VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
    });
}

Datum varlena_datum(std::string_view bytes) {
    const char *data = bytes.data();
    const std::size_t size = bytes.size();
    if (size > MaxAllocSize - VARHDRSZ)
        throw Error(ErrorKind::kLimitExceeded, "value is larger than 1 GB");
    return call_pg([data, size] {
        auto *value = static_cast<struct varlena *>(palloc(size + VARHDRSZ));
        SET_VARSIZE(value, size + VARHDRSZ);
        if (size > 0)
            memcpy(VARDATA(value), data, size);
        return PointerGetDatum(value);
    });
}

} // namespace

std::string_view text_argument(FunctionCallInfo fcinfo, int number) { return varlena_argument(fcinfo, number).view(); }

std::optional<StoredValueId> stored_value_id(FunctionCallInfo fcinfo, int number) {
    const auto *value = reinterpret_cast<const struct varlena *>(DatumGetPointer(fcinfo->args[number].value));
    if (!VARATT_IS_EXTERNAL_ONDISK(value))
        return std::nullopt;
    return call_pg([value]() -> std::optional<StoredValueId> {
        if (!ActiveSnapshotSet())
            return std::nullopt;
        struct varatt_external pointer;
        VARATT_EXTERNAL_GET_POINTER(pointer, value);
        const SnapshotData *snapshot = GetActiveSnapshot();
        return StoredValueId{pointer.va_toastrelid, pointer.va_valueid, snapshot->xmin,   snapshot->xmax,
                             snapshot->curcid,      snapshot->xcnt,     snapshot->subxcnt};
    });
}

std::string_view bytea_argument(FunctionCallInfo fcinfo, int number) { return varlena_argument(fcinfo, number).view(); }

std::string jsonb_argument(FunctionCallInfo fcinfo, int number) {
    return call_pg([fcinfo, number] {
        Jsonb *json = DatumGetJsonbP(fcinfo->args[number].value);
        return const_cast<const char *>(JsonbToCString(nullptr, &json->root, VARSIZE(json)));
    });
}

std::vector<std::string> text_array_argument(FunctionCallInfo fcinfo, int number) {
    struct Elements {
        Datum *values;
        bool *nulls;
        int count;
    };
    const Elements elements = call_pg([fcinfo, number] {
        Elements found;
        deconstruct_array(DatumGetArrayTypeP(fcinfo->args[number].value), TEXTOID, -1, false, TYPALIGN_INT,
                          &found.values, &found.nulls, &found.count);
        return found;
    });
    std::vector<std::string> texts;
    for (int i = 0; i < elements.count; ++i) {
        if (elements.nulls[i])
            throw Error(ErrorKind::kInvalidArgument, "array element " + std::to_string(i + 1) + " is null");
        const Datum value = elements.values[i];
        texts.emplace_back(call_pg([value] {
                               const struct varlena *text = PG_DETOAST_DATUM_PACKED(value);
                               return Bytes{VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)};
                           }).view());
    }
    return texts;
}

Datum text_datum(std::string_view text) { return varlena_datum(text); }

Datum bytea_datum(std::string_view bytes) { return varlena_datum(bytes); }

Datum jsonb_datum(const std::string &json) {
    const char *text = json.c_str();
    return call_pg([text] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(text)); });
}

Datum text_array_datum(const std::vector<std::string> &texts) {
    std::vector<Datum> datums;
    datums.reserve(texts.size());
    for (const std::string &text : texts)
        datums.push_back(text_datum(text));
    Datum *values = datums.data();
    const int count = static_cast<int>(datums.size());
    return call_pg(
        [values, count] { return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT)); });
}

Datum text_array_datum(const std::vector<std::optional<std::string>> &texts) {
    if (texts.empty())
        return text_array_datum(std::vector<std::string>());
    std::vector<Datum> datums;
    const std::unique_ptr<bool[]> is_null(new bool[texts.size()]);
    datums.reserve(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        is_null[i] = !texts[i].has_value();
        datums.push_back(texts[i] ? text_datum(*texts[i]) : Datum{0});
    }
    Datum *values = datums.data();
    bool *nulls = is_null.get();
    const int count = static_cast<int>(datums.size());
    return call_pg([values, nulls, count] {
        int dimensions[1] = {count};
        int lower_bounds[1] = {1};
        return PointerGetDatum(
            construct_md_array(values, nulls, 1, dimensions, lower_bounds, TEXTOID, -1, false, TYPALIGN_INT));
    });
}

RowSink::RowSink(FunctionCallInfo fcinfo) : info_(reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo)) {
    call_pg([fcinfo] { materialize_result(fcinfo); });
}

void RowSink::put(std::span<const Value> values) {
    ReturnSetInfo *info = info_;
    if (values.size() != static_cast<std::size_t>(info->setDesc->natts))
        throw Error(ErrorKind::kInternal, "row has " + std::to_string(values.size()) + " values, its type " +
                                              std::to_string(info->setDesc->natts));
    const Value *first = values.data();
    call_pg([info, first] {
        Datum datums[kMaxColumns];
        bool nulls[kMaxColumns];
        for (int i = 0; i < info->setDesc->natts; ++i) {
            datums[i] = first[i].datum;
            nulls[i] = first[i].is_null;
        }
        tuplestore_putvalues(info->setResult, info->setDesc, datums, nulls);
    });
}

Datum row_datum(FunctionCallInfo fcinfo, std::span<const Value> values) {
    const Value *first = values.data();
    const int count = static_cast<int>(values.size());
    return call_pg([fcinfo, first, count] {
        TupleDesc type;
        if (get_call_result_type(fcinfo, nullptr, &type) != TYPEFUNC_COMPOSITE || type->natts != count)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("function returns another row type")));
        type = BlessTupleDesc(type);
        Datum datums[kMaxColumns];
        bool nulls[kMaxColumns];
        for (int i = 0; i < count; ++i) {
            datums[i] = first[i].datum;
            nulls[i] = first[i].is_null;
        }
        return HeapTupleGetDatum(heap_form_tuple(type, datums, nulls));
    });
}

} // namespace webwrap::pg
