// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../IExchange.sol";

/// @title EIP-712 struct hashes of the signed messages. Fields in the order of the structs; `Delivery` signs as uint8.
/// @dev All fields are static and lie in call data as `encodeData` of EIP-712 wants them: they are hashed as they lie. Bits
/// that do not belong to a field make it another message, and reading the field reverts. Golden values are checked between
/// viem, forge and the deployed contract.
library Orders {
    bytes32 internal constant ATTEST =
        keccak256("Attest(uint256 cardId,address holder,uint16 issuerClass,bytes32 secretCommit,uint40 deadline)");
    bytes32 internal constant BATCH_ATTEST = keccak256("BatchAttest(address holder,bytes32 itemsHash,uint40 deadline)");
    bytes32 internal constant LISTING = keccak256(
        "Listing(uint256 cardId,uint96 price,uint16 feeBps,uint16 charityBps,uint16 charityId,uint8 delivery,address taker,uint40 deadline,uint32 nonce)"
    );
    bytes32 internal constant DUTCH_TERMS = keccak256(
        "DutchTerms(uint256 cardId,uint96 startPrice,uint96 endPrice,uint40 startsAt,uint40 endsAt,uint16 feeBps,uint16 charityBps,uint16 charityId,uint8 delivery,uint32 nonce)"
    );
    bytes32 internal constant AUCTION_TERMS = keccak256(
        "AuctionTerms(uint256 cardId,uint96 reserve,uint32 duration,uint16 feeBps,uint16 charityBps,uint16 charityId,uint8 delivery,uint40 deadline,uint32 nonce)"
    );
    bytes32 internal constant SEALED_TERMS = keccak256(
        "SealedTerms(uint256 cardId,uint96 reserve,uint96 bond,uint40 commitUntil,uint40 revealUntil,bool secondPrice,uint16 feeBps,uint16 charityBps,uint16 charityId,uint8 delivery,uint32 nonce)"
    );
    bytes32 internal constant BID = keccak256(
        "Bid(uint256 cardId,address bidder,uint96 price,uint16 feeBps,address session,bytes32 secretCommit,uint32 nonce,uint32 epoch,uint40 deadline)"
    );
    bytes32 internal constant SWAP_OFFER = keccak256(
        "SwapOffer(uint256 give,uint256 want,uint96 topUp,bool makerPays,uint16 feeBps,uint32 nonce,uint32 epoch,uint40 deadline)"
    );
    bytes32 internal constant REISSUED =
        keccak256("Reissued(uint256 cardId,address buyer,bytes32 newCommit,uint32 nonce,uint40 deadline)");
    bytes32 internal constant BALANCE_ATTEST = keccak256("BalanceAttest(uint256 cardId,uint96 balance,uint40 asOf)");

    function hash(IExchangeTypes.Attest calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(ATTEST, place, 5);
    }

    function hash(IExchangeTypes.BatchAttest calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(BATCH_ATTEST, place, 3);
    }

    function hash(IExchangeTypes.Listing calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(LISTING, place, 9);
    }

    function hash(IExchangeTypes.DutchTerms calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(DUTCH_TERMS, place, 10);
    }

    function hash(IExchangeTypes.AuctionTerms calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(AUCTION_TERMS, place, 9);
    }

    function hash(IExchangeTypes.SealedTerms calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(SEALED_TERMS, place, 11);
    }

    function hash(IExchangeTypes.Bid calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(BID, place, 9);
    }

    function hash(IExchangeTypes.SwapOffer calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(SWAP_OFFER, place, 8);
    }

    function hash(IExchangeTypes.Reissued calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(REISSUED, place, 5);
    }

    function hash(IExchangeTypes.BalanceAttest calldata m) internal pure returns (bytes32) {
        uint256 place;
        assembly ("memory-safe") {
            place := m
        }
        return _hash(BALANCE_ATTEST, place, 3);
    }

    /// @dev keccak256(typeHash ‖ the message's words), in memory that is free.
    function _hash(bytes32 typeHash, uint256 place, uint256 words) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 32), place, shl(5, words))
            digest := keccak256(free, add(32, shl(5, words)))
        }
    }
}
