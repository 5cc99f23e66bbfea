// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAttestedSettlement} from "./IAttestedSettlement.sol";
import {FeeSplit} from "./lib/FeeSplit.sol";
import {Signatures} from "./lib/Signatures.sol";
import {TypedData} from "./lib/TypedData.sol";

/// @title AttestedSettlement
/// @notice Who promised which card to whom, that the issuer was told, and that the bank paid: signed, once, for all to see.
/// @dev It holds no token and no money and has no auction; nothing in it can be traded. Anyone may send a transaction, the
/// signatures decide. Sources: 民法典 546, 最高法预付式消费解释 第十一条 (assignment binds when the notice arrives).
contract AttestedSettlement is IAttestedSettlement, IERC5267, AccessManaged, TypedData {
    bytes32 internal constant CARD_ATTEST =
        keccak256("CardAttest(bytes32 cardRef,bytes32 secretCommit,uint96 balance,uint40 asOf,uint40 deadline)");
    bytes32 internal constant ORDER = keccak256(
        "Order(bytes32 orderId,bytes32 cardRef,bytes32 payee,bytes32 buyer,uint96 price,uint16 feeBps,uint16 charityBps,uint16 charityId,uint40 deadline)"
    );
    bytes32 internal constant ASSIGNMENT_NOTICE =
        keccak256("AssignmentNotice(bytes32 orderId,bytes32 noticeHash,uint40 receivedAt)");
    bytes32 internal constant PAYMENT_PROOF =
        keccak256("PaymentProof(bytes32 orderId,bytes32 payee,uint96 amount,bytes32 bankRef,uint40 time)");

    /// @dev A payment made in the last minute may be proved a day later.
    uint256 internal constant PROOF_GRACE = 1 days;

    mapping(bytes32 orderId => OrderRecord) private _orders;
    mapping(bytes32 cardRef => bytes32 orderId) private _promises;
    mapping(bytes32 bankRef => bool) private _bankRefs;
    mapping(address signer => Signer) private _signers;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IAttestedSettlement
    function attest(CardAttest calldata message, bytes calldata verifierSignature) external {
        address verifier = _requireSigner(SignerKind.VERIFIER, _hash(message), verifierSignature);
        if (block.timestamp > message.deadline) revert Expired(message.deadline);
        emit CardAttested(message.cardRef, verifier, message.secretCommit, message.balance, message.asOf);
    }

    /// @inheritdoc IAttestedSettlement
    function open(Order calldata order, bytes calldata deskSignature) external {
        _requireSigner(SignerKind.DESK, _hash(order), deskSignature);
        if (block.timestamp > order.deadline) revert Expired(order.deadline);
        if (order.price == 0) revert PriceZero();
        // Refuses a fee above the cap now: `settle` must not fail on it.
        FeeSplit.split(order.price, order.feeBps, order.charityBps);
        // 0 is how `promiseOf` says "none".
        if (order.orderId == 0) revert NoSuchOrder(0);
        if (_orders[order.orderId].state != OrderState.NONE) revert OrderExists(order.orderId);
        bytes32 other = _promises[order.cardRef];
        if (other != 0) revert CardPromised(order.cardRef, other);
        _promises[order.cardRef] = order.orderId;
        _orders[order.orderId] = OrderRecord({
            orderHash: _hash(order), state: OrderState.OPEN, noticedAt: 0, deadline: order.deadline, paidAt: 0
        });
        emit OrderOpened(order.orderId, order.cardRef, order.price, order.deadline);
    }

    /// @inheritdoc IAttestedSettlement
    function notice(AssignmentNotice calldata message, bytes calldata issuerSignature) external {
        address issuer = _requireSigner(SignerKind.ISSUER, _hash(message), issuerSignature);
        OrderRecord storage record = _orders[message.orderId];
        if (record.state == OrderState.NONE) revert NoSuchOrder(message.orderId);
        if (record.state == OrderState.LAPSED || record.noticedAt != 0) {
            revert WrongState(message.orderId, record.state);
        }
        if (message.receivedAt == 0 || message.receivedAt > block.timestamp) revert TooEarly(message.receivedAt);
        record.noticedAt = message.receivedAt;
        emit AssignmentNoticed(message.orderId, issuer, message.noticeHash, message.receivedAt);
    }

    /// @inheritdoc IAttestedSettlement
    function settle(Order calldata order, PaymentProof calldata proof, bytes calldata bankSignature) external {
        _requireSigner(SignerKind.BANK, _hash(proof), bankSignature);
        OrderRecord storage record = _openOrder(order);
        if (
            proof.orderId != order.orderId || proof.payee != order.payee || proof.amount != order.price
                || proof.time > order.deadline || proof.time > block.timestamp
        ) {
            revert PaymentMismatch(order.orderId);
        }
        if (_bankRefs[proof.bankRef]) revert BankRefUsed(proof.bankRef);
        _bankRefs[proof.bankRef] = true;
        record.state = OrderState.PAID;
        record.paidAt = proof.time;
        delete _promises[order.cardRef];
        (uint256 fee, uint256 charity, uint256 net) = FeeSplit.split(order.price, order.feeBps, order.charityBps);
        emit Settled(order.orderId, proof.bankRef, order.price, fee, charity, net);
    }

    /// @inheritdoc IAttestedSettlement
    function lapse(Order calldata order) external {
        OrderRecord storage record = _openOrder(order);
        uint256 opensAt = order.deadline + PROOF_GRACE;
        if (block.timestamp < opensAt) revert TooEarly(opensAt);
        record.state = OrderState.LAPSED;
        delete _promises[order.cardRef];
        emit OrderLapsed(order.orderId);
    }

    function _openOrder(Order calldata order) private view returns (OrderRecord storage record) {
        record = _orders[order.orderId];
        if (record.orderHash != _hash(order)) revert NoSuchOrder(order.orderId);
        if (record.state != OrderState.OPEN) revert WrongState(order.orderId, record.state);
    }

    // ------------------------------------------------------------------ keys

    /// @inheritdoc IAttestedSettlement
    function setSigner(address signer, Signer calldata entry) external restricted {
        if (signer == address(0) || entry.kind == SignerKind.NONE || entry.from >= entry.until) revert WindowInvalid();
        _signers[signer] = entry;
        emit SignerSet(signer, entry.kind, entry.from, entry.until);
    }

    /// @inheritdoc IAttestedSettlement
    function revokeSigner(address signer) external restricted {
        delete _signers[signer];
        emit SignerRevoked(signer);
    }

    function _requireSigner(SignerKind kind, bytes32 structHash, bytes calldata signature)
        private
        view
        returns (address signer)
    {
        signer = Signatures.recover(_digest(structHash), signature);
        Signer memory entry = _signers[signer];
        if (entry.kind != kind || block.timestamp < entry.from || block.timestamp >= entry.until) {
            revert BadSigner(signer);
        }
    }

    function _domainName() internal pure override returns (string memory) {
        return "Huiquan Attested Settlement";
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return _eip712Domain();
    }

    /// @inheritdoc IAttestedSettlement
    function orderOf(bytes32 orderId) external view returns (OrderRecord memory) {
        return _orders[orderId];
    }

    /// @inheritdoc IAttestedSettlement
    function promiseOf(bytes32 cardRef) external view returns (bytes32 orderId) {
        return _promises[cardRef];
    }

    /// @inheritdoc IAttestedSettlement
    function bankRefUsed(bytes32 bankRef) external view returns (bool) {
        return _bankRefs[bankRef];
    }

    /// @inheritdoc IAttestedSettlement
    function signerOf(address signer) external view returns (Signer memory) {
        return _signers[signer];
    }

    /// @inheritdoc IAttestedSettlement
    function hashCardAttest(CardAttest calldata message) external view returns (bytes32) {
        return _digest(_hash(message));
    }

    /// @inheritdoc IAttestedSettlement
    function hashOrder(Order calldata message) external view returns (bytes32) {
        return _digest(_hash(message));
    }

    /// @inheritdoc IAttestedSettlement
    function hashAssignmentNotice(AssignmentNotice calldata message) external view returns (bytes32) {
        return _digest(_hash(message));
    }

    /// @inheritdoc IAttestedSettlement
    function hashPaymentProof(PaymentProof calldata message) external view returns (bytes32) {
        return _digest(_hash(message));
    }

    function _hash(CardAttest calldata m) private pure returns (bytes32) {
        return keccak256(abi.encode(CARD_ATTEST, m));
    }

    function _hash(Order calldata m) private pure returns (bytes32) {
        return keccak256(abi.encode(ORDER, m));
    }

    function _hash(AssignmentNotice calldata m) private pure returns (bytes32) {
        return keccak256(abi.encode(ASSIGNMENT_NOTICE, m));
    }

    function _hash(PaymentProof calldata m) private pure returns (bytes32) {
        return keccak256(abi.encode(PAYMENT_PROOF, m));
    }
}
